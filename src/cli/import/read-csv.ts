/** CSV as RFC 4180 has it, and Python reads it: quotation marks double within, lines end as they like, empty lines are none. */

/** The cells of each line. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const { groups } of text.matchAll(CELL)) {
    const { quoted, plain, end } = groups as { quoted?: string; plain?: string; end: string };
    row.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}

/** A cell and what ends it: a comma, a line's end, or the end of the text. */
const CELL = /(?:"(?<quoted>(?:[^"]|"")*)"|(?<plain>[^,\r\n]*))(?<end>,|\r\n|\n|\r|$)/g;
