/** Records as the JSON that a Trackio client reads: what was logged, then when and at which step. */

import { formatExactJson } from "../../../ingest/trackio/exact-json.ts";
import { GiveBack, type ReadTableText } from "../../../ingest/trackio/give-back.ts";
import { memberOf } from "../../../ingest/trackio/members-of.ts";
import { formatTrackioTime } from "../../../ingest/trackio/trackio-names.ts";
import type { KeyPath } from "../../../protocol/journal-line.ts";
import type { Json } from "../../../protocol/json.ts";
import type { StoredRecord } from "../../../store/store.ts";

type Member = readonly [key: string, value: Json];

/** Spells records; what it learns of a key set serves all records that have it. */
export class RecordText {
  readonly #readText: ReadTableText;
  readonly #givers = new WeakMap<readonly KeyPath[], GiveBack>();
  #second = Number.NaN;
  #secondText = "";

  constructor(readText: ReadTableText) {
    this.#readText = readText;
  }

  /** What was logged, key by key. */
  members({ keys, values }: StoredRecord): Member[] {
    let giver = this.#givers.get(keys);
    if (giver === undefined) {
      giver = new GiveBack(keys, this.#readText);
      this.#givers.set(keys, giver);
    }
    return giver.members(values);
  }

  /** The value under `key`; undefined where the record has none. */
  value(record: StoredRecord, key: string): Json | undefined {
    return this.members(record).find(([name]) => name === key)?.[1];
  }

  /** A row of `get_logs`. @param options.scalarsOnly Leaves out all but numbers and histograms. @param options.withStep Absent for system metrics, which have none. */
  row(
    record: StoredRecord,
    options: { readonly scalarsOnly?: boolean; readonly withStep?: boolean } = {},
  ): string {
    const fields = new Map<string, string>();
    for (const [key, value] of this.members(record)) {
      if (options.scalarsOnly && !isScalar(value)) continue;
      fields.set(key, formatExactJson(value));
    }
    fields.set("timestamp", this.#time(record.time));
    if (options.withStep) fields.set("step", stepText(record.step));
    const parts = Array.from(fields, ([key, text]) => `${JSON.stringify(key)}:${text}`);
    return `{${parts.join(",")}}`;
  }

  /** Records come by time: most of a time's text is that of the time before. */
  #time(timeMs: number): string {
    const second = Math.floor(timeMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = formatTrackioTime(second * 1000).slice(0, 19);
    }
    const micros = Math.round((timeMs - second * 1000) * 1000);
    if (micros <= 0 || micros >= 1_000_000) return JSON.stringify(formatTrackioTime(timeMs));
    return `"${this.#secondText}.${String(micros).padStart(6, "0")}+00:00"`;
  }

  /** A row of `get_metric_values`. */
  point(record: StoredRecord, value: Json): string {
    return `{"timestamp":${this.#time(record.time)},"step":${stepText(record.step)},"value":${formatExactJson(value)}}`;
  }
}

/** Whether Trackio's pages draw it: a number that is finite, or a histogram. */
export function isScalar(value: Json): boolean {
  if (typeof value === "number") return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { $: form } = value as { readonly [key: string]: Json };
  if (form === "int" || form === "-0") return true;
  return memberOf(value, "_type") === "trackio.histogram";
}

/** Integers beyond 2^53 are told exactly. */
export function stepText(step: number | bigint): string {
  if (typeof step === "bigint") return String(step);
  if (!Number.isFinite(step)) return "null";
  return Number.isInteger(step) ? String(BigInt(step)) : formatExactJson(step);
}
