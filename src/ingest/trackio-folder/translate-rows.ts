/**
 * Rows of a Trackio folder as parts of a fold, translated as what comes over the
 * wire is. A row that cannot be read is kept as its text under the key
 * {@link RAW_KEY}, so that nothing that upstream keeps is lost.
 */

import type { Json } from "../../protocol/json.ts";
import type { Alert, Config, Trace } from "../../protocol/run.ts";
import type { Step } from "../../protocol/step.ts";
import { decodeNumber } from "../../protocol/values.ts";
import type { RecordBlock } from "../../store/store.ts";
import { traceSearchText } from "../trace-search-text.ts";
import { isHarmlessJson, parseExactJson } from "../trackio/exact-json.ts";
import { objectOf } from "../trackio/exact-json-parser.ts";
import { membersOf } from "../trackio/members-of.ts";
import { parseTrackioTime } from "../trackio/trackio-names.ts";
import { translateMetrics } from "../trackio/translate-metrics.ts";
import { traceId } from "../trackio/translate-trace.ts";
import type { KeepText } from "../trackio/translate-typed.ts";
import { BlockBuilder } from "./block-builder.ts";
import type { SqlValue } from "./database-file.ts";
import type { TrackioRow } from "./database-rows.ts";
import type { TableName } from "./database-shape.ts";

/** What stands for a row whose metrics are no JSON object. */
export const RAW_KEY = "trackio/raw";

export interface TranslatedRows {
  readonly blocks: readonly RecordBlock[];
  readonly alerts: readonly Alert[];
  readonly traces: readonly Trace[];
  readonly config: Config | undefined;
  /** The run's name in the last row. */
  readonly name: string;
  /** Epoch milliseconds of the newest row. */
  readonly newestMs: number;
  readonly damagedRows: number;
}

export interface TranslateOptions {
  readonly keepText: KeepText;
  /** The step of a record without one; then one more each. */
  readonly nextStep: number;
  /** Epoch milliseconds of a row whose time cannot be read and that comes first; else it has that of the row before. */
  readonly firstTimeMs: number;
}

/** @param rows Of one run, in order. At least one. */
export function translateRows(
  table: TableName,
  rows: readonly TrackioRow[],
  options: TranslateOptions,
): TranslatedRows {
  const translation = new Translation(table, options);
  for (const row of rows) translation.add(row);
  return translation.result();
}

class Translation {
  readonly #table: TableName;
  readonly #keepText: KeepText;
  readonly #records = new BlockBuilder();
  readonly #alerts: Alert[] = [];
  readonly #traces: Trace[] = [];
  #config: Config | undefined;
  #name = "";
  #timeMs: number;
  #newestMs = Number.NEGATIVE_INFINITY;
  #nextStep: number;
  #damagedRows = 0;
  /** Rows of a batch share their time. */
  #timestamp = "";

  constructor(table: TableName, { keepText, nextStep, firstTimeMs }: TranslateOptions) {
    this.#table = table;
    this.#keepText = keepText;
    this.#nextStep = nextStep;
    this.#timeMs = firstTimeMs;
  }

  result(): TranslatedRows {
    return {
      blocks: this.#records.blocks(),
      alerts: this.#alerts,
      traces: this.#traces,
      config: this.#config,
      name: this.#name,
      newestMs: this.#newestMs,
      damagedRows: this.#damagedRows,
    };
  }

  add(row: TrackioRow): void {
    this.#name = row.name;
    if (row.timestamp !== this.#timestamp) {
      this.#timestamp = row.timestamp;
      this.#timeMs = timeOf(row.timestamp) ?? this.#timeMs;
    }
    if (this.#timeMs > this.#newestMs) this.#newestMs = this.#timeMs;
    switch (this.#table) {
      case "configs":
        this.#addConfig(row);
        break;
      case "alerts":
        this.#alerts.push(this.#alertOf(row));
        break;
      case "traces":
        this.#traces.push(this.#traceOf(row));
        break;
      default:
        this.#addRecord(row);
    }
  }

  #addRecord({ id, run, step: given, json, ownId }: TrackioRow): void {
    const step = stepOf(given) ?? this.#nextStep;
    if (typeof step === "number" && step >= this.#nextStep) this.#nextStep = Math.floor(step) + 1;
    const record = { step, time: this.#timeMs, number: id, id: ownId };
    const fast = readNumbers(json);
    if (fast !== undefined) {
      this.#records.add({ ...record, ...fast });
      return;
    }
    const metrics = translateMetrics(parseExactJson(json), this.#keepText);
    if (metrics === undefined) {
      this.#damagedRows += 1;
      this.#records.add({ ...record, keys: [RAW_KEY], values: [json] });
      return;
    }
    this.#records.add({ ...record, keys: metrics.keys, values: metrics.values });
    for (const trace of metrics.traces) {
      // Of an inbox; a database has a table of its own for them.
      const { key, index, body } = trace;
      const name = traceId(run, ownId ?? String(id), trace);
      this.#traces.push({
        id: name,
        key,
        ...(index !== undefined && { index }),
        step: decodeNumber(step) ?? 0,
        time: this.#timeMs,
        body,
        searchText: traceSearchText(name, key, body),
      });
    }
  }

  #addConfig({ json }: TrackioRow): void {
    const members = membersOf(parseExactJson(json));
    if (members === undefined) this.#damagedRows += 1;
    else this.#config = Object.fromEntries(members);
  }

  #alertOf({ id, step: given, ownId, more }: TrackioRow): Alert {
    const { title, text, level } = more;
    const step = eventStep(given);
    return {
      id: ownId ?? `row:${id}`,
      title: textOf(title) ?? "",
      ...(textOf(text) !== undefined && { text: textOf(text) as string }),
      level: textOf(level) ?? "warn",
      ...(step !== undefined && { step }),
      time: this.#timeMs,
    };
  }

  #traceOf({ id, step, json, ownId, more }: TrackioRow): Trace {
    const index = more.trace_index;
    const parts: (readonly [string, Json])[] = [
      ["messages", this.#parse(json)],
      ["metadata", this.#parse(textOf(more.metadata) ?? "{}")],
    ];
    if (typeof more.spans === "string") parts.push(["spans", this.#parse(more.spans)]);
    return {
      id: ownId ?? `row:${id}`,
      key: textOf(more.key) ?? "",
      ...(typeof index === "number" && { index }),
      step: eventStep(step) ?? 0,
      time: this.#timeMs,
      body: objectOf(parts),
      searchText: (textOf(more.search_text) ?? "").toLowerCase(),
    };
  }

  #parse(json: string): Json {
    const value = parseExactJson(json);
    if (value !== undefined) return value;
    this.#damagedRows += 1;
    return json;
  }
}

/** The usual row: an object that has numbers and nothing else. */
function readNumbers(
  json: string,
): { readonly keys: readonly string[]; readonly values: readonly number[] } | undefined {
  if (json.charCodeAt(0) !== OPENING_BRACE || !isHarmlessJson(json)) return undefined;
  let object: { readonly [key: string]: unknown };
  try {
    object = JSON.parse(json) as typeof object;
  } catch {
    // The slow way tells what it is.
    return undefined;
  }
  const keys = Object.keys(object);
  const values: number[] = [];
  for (const key of keys) {
    const value = object[key];
    if (typeof value !== "number") return undefined;
    values.push(value);
  }
  return { keys, values };
}

const OPENING_BRACE = 0x7b;

/** A step in the form of `encodeValue`; undefined where there is none, or one beyond all floats, which the store refuses. */
export function stepOf(given: SqlValue): Json | undefined {
  if (given instanceof Uint8Array) return stepOf(integerOf(given));
  if (typeof given === "number") return Number.isFinite(given) ? given : undefined;
  if (typeof given !== "string" || !/^-?\d+$/.test(given)) return undefined;
  const number = Number(given);
  if (!Number.isFinite(number)) return undefined;
  return Number.isSafeInteger(number) ? number : { $: "int", v: given };
}

/** The step of an alert or a trace. */
function eventStep(given: SqlValue): Step | undefined {
  const step = stepOf(given);
  return step === undefined ? undefined : decodeNumber(step);
}

/** An integer of numpy, which Python's SQLite writes as the bytes that it is in memory. */
function integerOf(bytes: Uint8Array): SqlValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (bytes.length) {
    case 1:
      return view.getInt8(0);
    case 2:
      return view.getInt16(0, true);
    case 4:
      return view.getInt32(0, true);
    case 8:
      return String(view.getBigInt64(0, true));
    default:
      return null;
  }
}

/** Epoch milliseconds of a time as upstream writes it; its import of TensorFlow's events writes seconds since 1970. */
export function timeOf(timestamp: string): number | undefined {
  if (/^\d{9,11}(\.\d+)?$/.test(timestamp)) return Number(timestamp) * 1000;
  return parseTrackioTime(timestamp);
}

function textOf(value: SqlValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
