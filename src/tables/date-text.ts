/** Looking for a text in dates as they are written: ISO 8601 in lower case, or with a space before the time, as pages have it. */

const DAY_MS = 86_400_000;
const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
const three = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, "0"));

/** What to look for in {@link dateWriter}'s texts, so that a space finds the sign before a time. */
export function soughtInDates(wanted: string): string {
  return wanted.replace(/^ (?=\d)|(\d) (?=\d|$)/, "$1t");
}

/** Writes dates as `toISOString` does, in lower case; many times as fast, since a million of them are written for one filter. */
export function dateWriter(): (ms: number) => string {
  let [lastDay, dayText] = [Number.NaN, ""];
  return (ms) => {
    if (Number.isNaN(ms)) return "invalid date";
    const day = Math.floor(ms / DAY_MS);
    if (day !== lastDay) {
      lastDay = day;
      const iso = new Date(day * DAY_MS).toISOString();
      dayText = iso.slice(0, iso.indexOf("T"));
    }
    const rest = ms - day * DAY_MS;
    const [hours, minutes] = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60];
    const seconds = Math.floor(rest / 1000) % 60;
    return `${dayText}t${two[hours]}:${two[minutes]}:${two[seconds]}.${three[rest % 1000]}z`;
  };
}
