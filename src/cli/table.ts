/**
 * Tables for people. On a terminal no line is longer than it: the columns that
 * may shrink give way, the widest first. Control characters in a name are
 * shown, never sent to the terminal.
 */

export interface TableColumn {
  readonly title: string;
  /** Numbers stand right. Default left. */
  readonly align?: "left" | "right";
  /** Whether its cells may be cut with `…`. Default no. */
  readonly canShrink?: boolean;
}

/** A column that may shrink keeps so many characters of a longer cell. */
const LEAST_WIDTH = 8;
const GAP = "  ";

/** The table with its titles, each line ended by a newline; `width` in columns of the terminal, absent for no limit. */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width?: number,
): string {
  const lines = [columns.map((column) => column.title), ...rows].map((cells) =>
    columns.map((_, index) => toPrintable(cells[index] ?? "")),
  );
  const widths = columns.map((_, index) =>
    lines.reduce((widest, cells) => Math.max(widest, textWidth(cells[index] ?? "")), 0),
  );
  if (width !== undefined) shrinkWidths(columns, widths, width);
  return lines.map((cells) => `${formatLine(columns, cells, widths)}\n`).join("");
}

/** Facts as `name  value` lines, the names aligned. */
export function formatFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(0, ...facts.map(([name]) => textWidth(name)));
  return facts
    .map(
      ([name, value]) =>
        `${padText(toPrintable(name), width, "left")}${GAP}${toPrintable(value)}\n`,
    )
    .join("");
}

/** Text without characters that would move the cursor, break the line or change the terminal. */
export function toPrintable(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}|[\u2028\u2029]/gu, (character) => {
    if (character === "\u200d") return character;
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}

function formatLine(
  columns: readonly TableColumn[],
  cells: readonly string[],
  widths: readonly number[],
): string {
  return columns
    .map((column, index) => {
      const width = widths[index] ?? 0;
      return padText(cutText(cells[index] ?? "", width), width, column.align ?? "left");
    })
    .join(GAP)
    .trimEnd();
}

function shrinkWidths(columns: readonly TableColumn[], widths: number[], limit: number): void {
  const total = () => widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
  while (total() > limit) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      const width = widths[index] ?? 0;
      if (column.canShrink && width > LEAST_WIDTH && width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

function padText(text: string, width: number, align: "left" | "right"): string {
  const padding = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "left" ? text + padding : padding + text;
}

function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let cut = "";
  let used = 0;
  for (const { segment } of GRAPHEMES.segment(text)) {
    const segmentWidth = graphemeWidth(segment);
    if (used + segmentWidth > width - 1) break;
    cut += segment;
    used += segmentWidth;
  }
  return `${cut}…`;
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const ASCII = /^[\x20-\x7e]*$/;
/** Scripts and signs that take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(text)) width += graphemeWidth(segment);
  return width;
}

function graphemeWidth(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : 1;
}
