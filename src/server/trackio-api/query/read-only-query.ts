/**
 * One query in SQL by whoever may read. It may select and look at the shape of
 * tables, and nothing else: SQLite itself is told to refuse the rest, and where
 * Node cannot tell it (before 24.10) the statement is looked at.
 *
 * Law: whoever may read cannot fill the memory: a value and an answer have a
 * largest size, and SQLite refuses a larger value before it makes it where Node
 * can tell it so.
 */

import { constants, type DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { TrackioError } from "../../../protocol/errors.ts";

const MAX_ROWS = 10_000;

export interface AnswerLimits {
  /** Of one value, also of one that is made on the way; 32 MB unless told. */
  readonly valueBytes?: number;
  /** Of the answer's JSON text; 128 million unless told. */
  readonly answerCharacters?: number;
}
const SHAPE_PRAGMAS = ["table_info", "table_xinfo", "index_list", "index_info", "index_xinfo"];
/** Reading it alone: with a value it would be written. */
const VALUE_PRAGMA = "user_version";

/**
 * The query as it is run, without blanks and semicolons at its end.
 * @throws {@link TrackioError} where it is none that only reads.
 */
export function checkQuery(given: unknown): string {
  if (typeof given !== "string") throw refuse("Query has to be a text.");
  const query = given.trim().replace(/;+$/, "").trim();
  if (query === "") throw refuse("Query cannot be empty.");
  if (/^(select|with|pragma)/i.test(query)) return query;
  throw refuse("Only read-only SELECT, WITH, and safe PRAGMA queries are supported.");
}

/** Columns, rows and their count as JSON text, in pieces. @throws {@link TrackioError} with SQLite's own words. */
export function* runQuery(
  db: DatabaseSync,
  query: string,
  { valueBytes = 32 * 1024 * 1024, answerCharacters = 128_000_000 }: AnswerLimits = {},
): Generator<string, void, undefined> {
  const forbid = guard(db, query, valueBytes);
  try {
    const statement = db.prepare(query);
    checkRest(query.slice(statement.sourceSQL.length));
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    const columns = statement.columns().map(({ name }) => name);
    const places = new Map(columns.map((name) => [name, columns.indexOf(name)]));
    let count = 0;
    let left = answerCharacters;
    yield `"columns":${JSON.stringify(columns)},"rows":[`;
    for (const row of statement.iterate() as Iterable<unknown> as Iterable<SQLOutputValue[]>) {
      if (count === MAX_ROWS) {
        throw refuse(
          `Query returned more than ${MAX_ROWS} rows. Refine the query or add a LIMIT clause.`,
        );
      }
      const fields = Array.from(places, ([name, place]) => {
        const value = row[place]!;
        if (sizeOf(value) > valueBytes) throw refuse("string or blob too big");
        const field = `${JSON.stringify(name)}:${jsonOf(value)}`;
        left -= field.length;
        if (left >= 0) return field;
        throw refuse(
          `Query returned more than ${answerCharacters} characters. Refine the query or add a LIMIT clause.`,
        );
      });
      yield `${count === 0 ? "" : ","}{${fields.join(",")}}`;
      count += 1;
    }
    yield `],"row_count":${count}`;
  } catch (error) {
    if (error instanceof TrackioError || !(error instanceof Error)) throw error;
    throw refuse(error.message);
  } finally {
    forbid.end();
  }
}

/** @throws {@link TrackioError} for more than comments behind a statement, which would not be run. */
function checkRest(rest: string): void {
  if (/^(?:\s|--[^\n]*(?:\n|$)|\/\*[^*]*(?:\*(?!\/)[^*]*)*(?:\*\/|$))*$/.test(rest)) return;
  throw refuse("You can only execute one statement at a time.");
}

/** Until `end`, nothing of the database can be changed through the connection. */
function guard(db: DatabaseSync, query: string, valueBytes: number): { end(): void } {
  // An older Node cannot ask; its types do not say so.
  const canAsk = typeof (db as Partial<DatabaseSync>).setAuthorizer === "function";
  if (!canAsk) checkPragma(query);
  // Made known before anything is forbidden: else making it known would be.
  db.prepare("SELECT 1 FROM json_each('[]'), json_tree('[]')").get();
  db.exec("PRAGMA query_only = ON");
  // An older Node has none.
  const limits: Partial<DatabaseSync>["limits"] = db.limits;
  const formerBytes = limits?.length;
  if (limits !== undefined) limits.length = valueBytes;
  if (canAsk) db.setAuthorizer(judge);
  return {
    end: () => {
      if (canAsk) db.setAuthorizer(null);
      if (limits !== undefined) limits.length = formerBytes!;
      db.exec("PRAGMA query_only = OFF");
    },
  };
}

function judge(action: number, first: string | null, second: string | null): number {
  switch (action) {
    case constants.SQLITE_SELECT:
    case constants.SQLITE_READ:
    case constants.SQLITE_FUNCTION:
    case constants.SQLITE_RECURSIVE:
      return constants.SQLITE_OK;
    case constants.SQLITE_PRAGMA: {
      const pragma = (first ?? "").toLowerCase();
      const isAllowed =
        SHAPE_PRAGMAS.includes(pragma) || (pragma === VALUE_PRAGMA && second === null);
      return isAllowed ? constants.SQLITE_OK : constants.SQLITE_DENY;
    }
    default:
      return constants.SQLITE_DENY;
  }
}

/** @throws {@link TrackioError} for a PRAGMA that is none of the harmless ones. */
function checkPragma(query: string): void {
  const [, pragma, rest = ""] = /^pragma\s+(?:\w+\s*\.\s*)?(\w+)(.*)$/is.exec(query) ?? [];
  if (pragma === undefined) {
    if (/^pragma/i.test(query)) throw refuse("not authorized");
    return;
  }
  const name = pragma.toLowerCase();
  const isAllowed = SHAPE_PRAGMAS.includes(name) || (name === VALUE_PRAGMA && rest.trim() === "");
  if (!isAllowed) throw refuse("not authorized");
}

function sizeOf(value: SQLOutputValue): number {
  if (typeof value === "string") return value.length;
  return ArrayBuffer.isView(value) ? (value as Uint8Array).byteLength : 0;
}

function jsonOf(value: SQLOutputValue): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? floatText(value) : "null";
  if (ArrayBuffer.isView(value)) return JSON.stringify(textOrHex(value as Uint8Array));
  return JSON.stringify(value);
}

/** A float that is whole is told as one, as there. */
function floatText(value: number): string {
  const text = JSON.stringify(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function textOrHex(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString("hex");
  }
}

function refuse(message: string): TrackioError {
  return new TrackioError("conflict", message);
}
