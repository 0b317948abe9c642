/**
 * A table on its way into a record. Laws: rows that a run has already are not
 * written again, whatever is logged with them; each record tells of rows that the
 * record before it, under the same key, did not have; what a call that failed
 * has kept counts as never kept.
 */

import { TrackioError } from "../../protocol/errors.ts";
import { MediaRef, type TableFields } from "../../protocol/media.ts";
import { encodeRawTable } from "../../tables/raw-table.ts";
import type { MediaKeeper } from "../loggable.ts";
import { readTableCaption, readTableInput } from "./read-table-input.ts";
import type { TableContent, TableInput } from "./table-input.ts";
import { type EncodedPart, type KnownColumn, PartEncoder } from "./table-parts.ts";
import { type KeptPart, mergeSmallParts, withoutLargeColumns } from "./table-small-parts.ts";

/** What one run has of a table. */
interface KeptTable {
  readonly parts: readonly KeptPart[];
  readonly columns: readonly KnownColumn[];
  /** By key: how the records under it name the table, and the rows that they have. */
  readonly records: ReadonlyMap<string, { readonly table: string; readonly rows: number }>;
}

const NOTHING: KeptTable = { parts: [], columns: [], records: new Map() };

const inputs = new WeakMap<TableContent, TableInput>();
/** Tables whose cells are being encoded. */
const underWay = new Set<TableContent>();
const keptBy = new WeakMap<MediaKeeper, WeakMap<TableContent, KeptTable>>();

/** Rows that it has now. @throws {@link TrackioError} where it is no table. */
export function countTableRows(content: TableContent): number {
  const input = inputOf(content);
  const given = input.kind === "rows" ? input.rows.length : input.rowCount;
  return given + content.added.length;
}

/** @throws {@link TrackioError} with a sentence for people where it is no table. */
export function tableToRef(
  content: TableContent,
  keeper: MediaKeeper,
  path: readonly string[],
): MediaRef<"table"> {
  if (underWay.has(content)) {
    throw new TrackioError("invalid_argument", "A table cannot stand in a cell of itself.");
  }
  underWay.add(content);
  try {
    return toRef(content, keeper, path);
  } finally {
    underWay.delete(content);
  }
}

function toRef(
  content: TableContent,
  keeper: MediaKeeper,
  path: readonly string[],
): MediaRef<"table"> {
  const input = inputOf(content);
  const known = keptOf(content, keeper);
  const encoder = new PartEncoder(known.columns, keeper, path);
  const added = [...keepNewParts(content, input, known, encoder, keeper)];
  const parts = mergeSmallParts([...known.parts, ...added], (part) => keepPart(part, keeper));
  const rows = countRows(parts);
  const key = JSON.stringify(path);
  const former = known.records.get(key);
  const named = partsBeyond(parts, former?.rows ?? 0);
  const before = rows - countRows(named);
  const table = former?.table ?? createTableId();
  keeper.whenLogged(() => {
    const now = keptOf(content, keeper);
    const records = new Map(now.records).set(key, { table, rows });
    remember(content, keeper, { parts, columns: encoder.columns, records });
  });
  const caption = readTableCaption(content.given, content.options);
  // A part that was joined at once is named too: what no record names, no deletion of the run frees.
  const joined = added.filter((part) => !parts.includes(part)).map(({ blob }) => blob);
  const blobs = [...new Set([...named.flatMap((part) => part.blobs), ...joined])];
  const fields: TableFields = {
    table,
    columns: encoder.columns.map(({ name, type }) => ({ name, type: type ?? "json" })),
    before,
    parts: named.map(({ blob, rows }) => ({ blob, rows })),
    ...(blobs.length > 0 && { blobs }),
    ...(caption !== undefined && { caption }),
  };
  return new MediaRef("table", fields);
}

function inputOf(content: TableContent): TableInput {
  let input = inputs.get(content);
  if (input === undefined) {
    input = readTableInput(content.given, content.options);
    inputs.set(content, input);
  }
  return input;
}

function keptOf(content: TableContent, keeper: MediaKeeper): KeptTable {
  return keptBy.get(keeper)?.get(content) ?? NOTHING;
}

function remember(content: TableContent, keeper: MediaKeeper, kept: KeptTable): void {
  const tables = keptBy.get(keeper) ?? new WeakMap<TableContent, KeptTable>();
  keptBy.set(keeper, tables);
  tables.set(content, kept);
}

/** Keeps the rows that the run does not have. */
function* keepNewParts(
  content: TableContent,
  input: TableInput,
  known: KeptTable,
  encoder: PartEncoder,
  keeper: MediaKeeper,
): Generator<KeptPart> {
  const given = input.kind === "rows" ? input.rows.length : input.rowCount;
  const from = countRows(known.parts);
  const added: TableInput = {
    kind: "rows",
    rows: content.added,
    names: input.kind === "rows" ? input.names : undefined,
  };
  for (const part of encoder.encode(input, Math.min(from, given), 0)) {
    yield keepPart(part, keeper);
  }
  for (const part of encoder.encode(added, Math.max(0, from - given), given)) {
    yield keepPart(part, keeper);
  }
}

function keepPart(part: EncodedPart, keeper: MediaKeeper): KeptPart {
  const { header, chunks } = encodeRawTable(part.columns);
  const { blob, bytes } = keeper.keepRaw({ ...header, rows: part.rows }, chunks);
  return withoutLargeColumns({ ...part, blob, sizeBytes: bytes });
}

/** The parts behind `rows`; all of them where none begins there. */
function partsBeyond(parts: readonly KeptPart[], rows: number): readonly KeptPart[] {
  let start = 0;
  for (const [place, part] of parts.entries()) {
    if (start === rows) return parts.slice(place);
    start += part.rows;
  }
  return start === rows ? [] : parts;
}

function countRows(parts: readonly { readonly rows: number }[]): number {
  return parts.reduce((sum, { rows }) => sum + rows, 0);
}

/** Unique in its run, whoever else writes to it. */
function createTableId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return Array.from(bytes, (byte) => byte.toString(36).padStart(2, "0")).join("");
}
