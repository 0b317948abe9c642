/** Batches for tests of stores and of what stands on them: as a journal would give them, with no journal. */

import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { KeyPath } from "../../protocol/journal-line.ts";
import type { Lane, RunIdentity, Writer } from "../../protocol/run.ts";
import { encodeValue, isPlainNumber, type Value } from "../../protocol/values.ts";
import type { Column, FoldBatch, RecordBlock } from "../store.ts";

export const PROJECT = "vision" as ProjectKey;
export const RUN = "run-0" as RunId;
/** Epoch milliseconds at which the runs of tests begin. */
export const EPOCH_MS = 1_763_856_000_000;

/** One call of `log()`: what it logged, at which step and time. */
export interface LoggedRecord {
  /** `null`: one more than the highest, as the fold finds it. */
  readonly step: number | bigint | null;
  readonly time?: number;
  readonly values: { readonly [key: string]: Value };
  /** The leaves of `values`, where they are not its own keys. */
  readonly keys?: readonly KeyPath[];
  /** Values of `keys`, parallel to it. */
  readonly leaves?: readonly Value[];
  /** Records of one batch and key set all have one, or none. */
  readonly id?: string;
}

export function identityOf(overrides: Partial<RunIdentity> = {}): RunIdentity {
  return {
    id: RUN,
    projectKey: PROJECT,
    project: "Vision",
    name: "dainty-sunset-0",
    number: 0,
    createdAt: EPOCH_MS,
    ...overrides,
  };
}

/** Gives the batches of one journal, each from where the last one ended. */
export class JournalLike {
  readonly run: RunIdentity;
  readonly writer: Writer;
  readonly source: string;
  readonly lane: Lane | undefined;
  offset = 0;
  #records = 0;

  constructor(run: Partial<RunIdentity> = {}, writerId = "w0", lane?: Lane) {
    this.run = identityOf(run);
    this.lane = lane;
    this.writer = { id: writerId, host: "localhost", pid: 4711, pidStart: "1" };
    const name = lane === undefined ? writerId : `${writerId}.${lane}`;
    this.source = `${this.run.projectKey}/${this.run.id}/${name}.jsonl`;
  }

  /** The next batch, with these records and facts. */
  batch(
    records: readonly LoggedRecord[],
    facts: Partial<Omit<FoldBatch, "source" | "from" | "to" | "blocks">> = {},
  ): FoldBatch {
    const from = this.offset;
    this.offset += 1 + records.length * 100;
    const blocks = this.#blocksOf(records);
    const newest = records.at(-1)?.time ?? EPOCH_MS + this.#records;
    return this.#around(from, blocks, { seenAt: newest, ...facts });
  }

  /** The next batch, with number columns of these values at steps and times that count on (or are given). */
  columns(
    columns: { readonly [key: string]: Float64Array },
    options: { readonly steps?: Float64Array; readonly times?: Float64Array } = {},
  ): FoldBatch {
    const from = this.offset;
    const count = Object.values(columns)[0]?.length ?? 0;
    this.offset += 1 + count * 100;
    const first = this.#records;
    this.#records += count;
    const rising = Float64Array.from({ length: count }, (_, row) => first + row);
    const times = options.times ?? rising.map((record) => EPOCH_MS + record * 20);
    const block: RecordBlock = {
      keys: Object.keys(columns),
      count,
      records: rising,
      steps: { kind: "numbers", values: options.steps ?? rising },
      times,
      columns: Object.values(columns).map((values) => ({ kind: "numbers", values })),
    };
    return this.#around(from, [block], { seenAt: times.at(-1) ?? EPOCH_MS });
  }

  #around(
    from: number,
    blocks: readonly RecordBlock[],
    facts: Partial<FoldBatch> & { readonly seenAt: number },
  ): FoldBatch {
    const { source, run, writer, lane, offset: to } = this;
    const place = { source, from, to, run, writer, ...(lane !== undefined && { lane }) };
    return { ...place, blocks, damagedLines: 0, ...facts };
  }

  /** One block per key set, as a reader of journals groups them. */
  #blocksOf(records: readonly LoggedRecord[]): RecordBlock[] {
    const groups = new Map<string, { keys: readonly KeyPath[]; rows: [number, LoggedRecord][] }>();
    for (const record of records) {
      const keys = record.keys ?? Object.keys(record.values);
      const name = JSON.stringify([keys, record.id !== undefined]);
      const group = groups.get(name) ?? { keys, rows: [] };
      groups.set(name, group);
      group.rows.push([this.#records++, record]);
    }
    return Array.from(groups.values(), ({ keys, rows }) => ({
      keys,
      count: rows.length,
      records: Float64Array.from(rows, ([record]) => record),
      steps: columnOf(rows.map(([, { step }]) => step)),
      times: Float64Array.from(rows, ([record, { time }]) => time ?? EPOCH_MS + record),
      columns: keys.map((_, index) =>
        columnOf(rows.map(([, { values, leaves }]) => (leaves ?? Object.values(values))[index]!)),
      ),
      ...idsOf(rows.map(([, { id }]) => id)),
    }));
  }
}

function idsOf(ids: readonly (string | undefined)[]): Pick<RecordBlock, "ids"> {
  const given = ids.filter((id) => id !== undefined);
  return given.length === 0 ? {} : { ids: given };
}

function columnOf(values: readonly Value[]): Column {
  return values.every((value) => typeof value === "number")
    ? { kind: "numbers", values: Float64Array.from(values) }
    : { kind: "values", values: values.map((v) => (isPlainNumber(v) ? v : encodeValue(v))) };
}
