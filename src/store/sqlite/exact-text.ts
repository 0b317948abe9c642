/**
 * A text as SQLite can keep it. Texts there are UTF-8, in which the halves of
 * characters that JavaScript and JSON allow would all become the same; such a
 * text is kept as its JSON behind a NUL. No two texts look alike, and all
 * others stay as they are.
 */

const MARK = "\0";

export function toExactText(text: string): string {
  const isPlain = text.isWellFormed() && !text.startsWith(MARK);
  return isPlain ? text : MARK + JSON.stringify(text);
}

/** The text that {@link toExactText} was given. */
export function fromExactText(text: string): string {
  return text.startsWith(MARK) ? (JSON.parse(text.slice(MARK.length)) as string) : text;
}
