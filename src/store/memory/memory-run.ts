import {
  type Config,
  type Lane,
  PROJECT_RUN,
  type RunEnd,
  type RunIdentity,
  type RunState,
} from "../../protocol/run.ts";
import type { FoldBatch, MetricSummary, RunInfo } from "../store.ts";
import { type AddedRecords, MemoryLane, type MemoryWriter } from "./memory-lane.ts";

/** A run of a `MemoryStore`: its facts and its lanes. */
export class MemoryRun {
  identity: RunIdentity;
  state: RunState = "running";
  updatedAt: number;
  #end: RunEnd | undefined;
  #endedAt: number | undefined;
  #config: Config = {};
  #summary: Config = {};
  #damagedLines = 0;
  readonly #lanes = new Map<Lane | undefined, MemoryLane>();

  constructor(identity: RunIdentity, seenAt: number) {
    this.identity = identity;
    this.updatedAt = seenAt;
    if (identity.id !== PROJECT_RUN) this.#lanes.set(undefined, new MemoryLane());
  }

  /** Adds what the batch says; tells what is new. */
  take(batch: FoldBatch): AddedRecords {
    const lane = this.#lanes.get(batch.lane) ?? new MemoryLane();
    this.#lanes.set(batch.lane, lane);
    const writer = lane.writerOf(batch);
    this.#takeFacts(batch, writer);
    return lane.take(batch, writer);
  }

  /** Whether lists show it: what belongs to a project without a run is none. */
  get isListed(): boolean {
    return this.identity.id !== PROJECT_RUN;
  }

  lane(lane: Lane | undefined): MemoryLane | undefined {
    return this.#lanes.get(lane);
  }

  /** The records of `log()` first. */
  lanes(): readonly MemoryLane[] {
    return Array.from(this.#lanes.values());
  }

  info(): RunInfo {
    const records = this.lane(undefined);
    const lastStep = records?.lastStep;
    const open = this.lanes().flatMap(({ writers }) => writers.filter(({ ended }) => !ended));
    return {
      ...this.identity,
      state: this.state,
      ...(this.#end && { end: this.#end }),
      ...(this.#endedAt !== undefined && { endedAt: this.#endedAt }),
      updatedAt: this.updatedAt,
      recordCount: records?.recordCount ?? 0,
      ...(lastStep !== undefined && { lastStep: Number(lastStep) }),
      damagedLines: this.#damagedLines,
      config: this.#config,
      summary: this.#summary,
      writers:
        this.state === "running" ? open.map(({ ended: _, ...writer }): Writer => writer) : [],
    };
  }

  /** Of all its writers. */
  sources(): readonly string[] {
    return this.lanes().flatMap(({ writers }) => writers.map(({ source }) => source));
  }

  summaries(lane: Lane | undefined): readonly MetricSummary[] {
    const records = this.lane(lane);
    if (records === undefined) return [];
    return records.seriesKeys().map((key) => ({
      run: this.identity.id,
      key,
      ...summaryOf(records, key),
    }));
  }

  #takeFacts(batch: FoldBatch, writer: MemoryWriter): void {
    writer.seenAt = Math.max(writer.seenAt, batch.seenAt);
    this.updatedAt = Math.max(this.updatedAt, batch.seenAt);
    this.#damagedLines += batch.damagedLines;
    if (batch.config) this.#config = batch.config;
    if (batch.summary) this.#summary = { ...this.#summary, ...batch.summary };
    if (batch.name !== undefined) this.identity = { ...this.identity, name: batch.name };
    const { group } = batch.run;
    if (batch.from === 0 && group !== undefined && this.identity.group === undefined) {
      this.identity = { ...this.identity, group };
    }
    if (batch.end !== undefined) {
      const end = batch.end === "running" ? undefined : batch.end;
      writer.ended = end !== undefined;
      this.state = end?.state ?? "running";
      this.#end = end;
      this.#endedAt = end && batch.seenAt;
    }
    if (batch.closed) writer.ended = true;
  }
}

type Writer = RunInfo["writers"][number];

function summaryOf(records: MemoryLane, key: string): Omit<MetricSummary, "run" | "key"> {
  const points = records.points(key);
  const values = points.map((point) => Number(point.value));
  const finite = values.filter(Number.isFinite);
  const last = points.at(-1);
  return {
    count: values.length,
    min: finite.reduce((a, b) => Math.min(a, b), finite[0] ?? Number.NaN),
    max: finite.reduce((a, b) => Math.max(a, b), finite[0] ?? Number.NaN),
    mean: finite.reduce((a, b) => a + b, 0) / finite.length,
    last: Number(last?.value),
    lastStep: Number(last?.step),
    nanCount: values.filter(Number.isNaN).length,
    posInfCount: values.filter((value) => value === Number.POSITIVE_INFINITY).length,
    negInfCount: values.filter((value) => value === Number.NEGATIVE_INFINITY).length,
  };
}
