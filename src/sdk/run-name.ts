/** Names for runs that were given none: easy to say, easy to tell apart, in an order of their own. */

const ADJECTIVES =
  "dainty brave calm eager fancy gentle happy jolly kind lively merry noble proud quick rosy silent tidy upbeat vivid warm young zesty agile bright clever deep early fresh golden honest ideal keen light mellow neat open plain quiet rapid sunny".split(
    " ",
  );

const NOUNS =
  "sunset forest river meadow harbor island canyon garden lantern mountain ocean pebble prairie rain reef ridge shadow sky snow spring star stone storm stream summit thunder tide valley wave willow wind brook cedar cliff cloud comet delta dune ember field glade".split(
    " ",
  );

/** `dainty-sunset-0`, `brave-forest-1`, …: the run's number in its project makes it unique there. */
export function defaultRunName(number: number): string {
  const adjective = ADJECTIVES[number % ADJECTIVES.length];
  const noun = NOUNS[number % NOUNS.length];
  return `${adjective}-${noun}-${number}`;
}
