/**
 * What Trackio clients send becomes lines of journals: those of a batch that
 * belong to one run go to its journal by one write before the batch is answered.
 * Nothing is looked up in the store: what comes twice has the same id, and
 * whoever folds keeps the first.
 *
 * Laws: no entry is refused for what is in it; what cannot be understood is kept
 * as it came (see unreadable.ts) and costs no other entry; what belongs to a
 * deleted run is counted and dropped.
 */

import { randomUUID } from "node:crypto";
import type { DataFolder } from "../../journal/data-folder.ts";
import type { KeySet } from "../../journal/journal-writer.ts";
import { BlobFolder } from "../../media/blob-folder.ts";
import { keepBytes } from "../../media/keep-blob.ts";
import type { ProjectKey } from "../../protocol/ids.ts";
import type { Json } from "../../protocol/json.ts";
import type { SavedFile } from "../../protocol/media.ts";
import type { Config, Lane } from "../../protocol/run.ts";
import { encodeStep, type Step } from "../../protocol/step.ts";
import { decodeNumber, MAX_DEPTH } from "../../protocol/values.ts";
import { formatExactJson } from "./exact-json.ts";
import { membersOf } from "./members-of.ts";
import type { OpenJournal } from "./open-journal.ts";
import { OpenJournals, type OpenJournalsOptions } from "./open-journals.ts";
import { type NamedRun, nextTime, takeConfig } from "./open-run.ts";
import { formatPlainLines, type PlainBatch } from "./plain-batch.ts";
import { plainValues } from "./plain-values.ts";
import { parseTrackioTime, textOf, trackioProjectKey, trackioRunId } from "./trackio-names.ts";
import { isShallow, translateMetrics } from "./translate-metrics.ts";
import { traceId } from "./translate-trace.ts";
import { Unreadable } from "./unreadable.ts";

/** An entry of a batch as `parseExactJson` gives it. */
interface Entry {
  readonly [field: string]: Json;
}

type BatchName = "bulk_log" | "bulk_log_system" | "bulk_alert";

/** Entries of one run. */
interface Group {
  readonly named: NamedRun;
  readonly entries: Entry[];
}

const TROUBLE_INTERVAL_MS = 60_000;

export interface TrackioLogOptions extends Partial<OpenJournalsOptions> {
  /** Takes one line for whoever runs the server. */
  readonly log?: (line: string) => void;
}

export class TrackioLog {
  readonly journals: OpenJournals;
  readonly unreadable: Unreadable;
  /** Entries of deleted runs since this was made. */
  droppedEntries = 0;
  readonly #folder: DataFolder;
  readonly #blobs: BlobFolder;
  readonly #now: () => number;
  #trouble: { readonly text: string; readonly atMs: number } | undefined;

  constructor(folder: DataFolder, options: TrackioLogOptions = {}) {
    const log = options.log ?? (() => undefined);
    const onTrouble = (error: unknown) => this.#tellTrouble(String(error), log);
    this.#folder = folder;
    this.#blobs = new BlobFolder(folder);
    this.#now = options.now ?? Date.now;
    this.unreadable = new Unreadable(folder, log);
    this.journals = new OpenJournals(folder, { onTrouble, ...options });
  }

  /** Entries of `bulk_log`. @throws the system's error where they cannot be written; then the client sends them again. */
  async logRecords(entries: readonly Json[]): Promise<void> {
    await this.#logByRun("bulk_log", undefined, entries, (journal, own, config) => {
      this.#addConfig(journal, config);
      for (const entry of own) this.#addRecord("bulk_log", journal, entry);
    });
  }

  /**
   * A batch of `bulk_log` whose entries are all plain: the same as {@link logRecords}, ten times as fast.
   * @returns `"no run"`, and nothing done, where {@link beginRun} comes first; `"not plain"`, and nothing done, where it is for
   *   `logRecords`. @throws as that.
   */
  logPlainBatch(batch: PlainBatch): "logged" | "no run" | "not plain" {
    const named = nameRun(batch.first);
    if (typeof named === "string") return "not plain";
    const journal = this.journals.find(named, undefined);
    if (journal === undefined) return "no run";
    const { highestInteger: highestStep, run } = journal;
    if (Number.isNaN(highestStep)) return "not plain";
    const nowMs = this.#now();
    const firstMicros = Math.max(Math.round(nowMs * 1000), run.lastMicros + 1);
    const newSets: KeySet[] = [];
    const lines = formatPlainLines(batch, {
      highestStep,
      firstMicros,
      setOf: ({ names, idPlace }) => {
        const shape = journal.shapeOf(names);
        const set = idPlace >= 0 ? shape.withIds : shape.withoutIds;
        if (set.number !== undefined) return { set, line: "" };
        newSets.push(set);
        return { set, line: journal.journal.nameSet(set) };
      },
    });
    if (lines === undefined) {
      for (const set of newSets) set.number = undefined;
      return "not plain";
    }
    journal.writeLines(lines.bytes, newSets, lines.highestStep, nowMs);
    run.lastMicros = firstMicros + batch.count - 1;
    return "logged";
  }

  /** Begins the run of a plain batch, or its journal. @returns false where it was deleted, and the batch is done with. @throws as {@link logRecords}. */
  async beginRun({ first, count }: PlainBatch): Promise<boolean> {
    const named = nameRun(first);
    if (typeof named === "string") return true;
    return (await this.#open(named, undefined, count)) !== undefined;
  }

  /** Entries of `bulk_log_system`. @throws as {@link logRecords}. */
  async logSystem(entries: readonly Json[]): Promise<void> {
    await this.#logByRun("bulk_log_system", "system", entries, (journal, own) => {
      for (const entry of own) this.#addRecord("bulk_log_system", journal, entry);
    });
  }

  /** Entries of `bulk_alert`. @throws as {@link logRecords}. */
  async logAlerts(entries: readonly Json[]): Promise<void> {
    await this.#logByRun("bulk_alert", undefined, entries, (journal, own) => {
      for (const entry of own) this.#addAlert(journal, entry);
    });
  }

  /** Files that the project keeps. @throws as {@link logRecords}. */
  async saveFiles(
    projectKey: ProjectKey,
    project: string,
    files: readonly SavedFile[],
  ): Promise<void> {
    const journal = await this.journals.openProject(projectKey, project);
    this.#write(journal, () => {
      for (const file of files) journal.addEvent({ file, time: this.#now() });
    });
  }

  /** The run's name from now on, for whoever folds; its head is the caller's. @throws as {@link logRecords}. */
  async rename(named: NamedRun): Promise<void> {
    const journal = await this.journals.open(named, undefined);
    if (journal === undefined) return;
    this.#write(journal, () => journal.addEvent({ name: named.name, time: this.#now() }));
    this.journals.release(named.projectKey, named.id);
  }

  /** Ends all journals. */
  async close(): Promise<void> {
    await this.journals.close();
  }

  /** What `add` adds of each run goes to its journal by one write. */
  async #logByRun(
    call: BatchName,
    lane: Lane | undefined,
    entries: readonly Json[],
    add: (journal: OpenJournal, entries: readonly Entry[], config: Config | undefined) => void,
  ): Promise<void> {
    for (const { named, entries: own } of this.#group(call, entries)) {
      const config = call === "bulk_log" ? this.#firstConfig(own) : undefined;
      const known = this.journals.find(named, lane);
      const journal = known ?? (await this.#open(named, lane, own.length, config));
      if (journal === undefined) continue;
      this.#write(journal, () => add(journal, own, config));
    }
    this.unreadable.write();
  }

  /** By run, in the order in which each is first named. */
  #group(call: BatchName, entries: readonly Json[]): Iterable<Group> {
    const groups = new Map<string, Group>();
    let last: Group | undefined;
    let lastEntry: Entry | undefined;
    for (const entry of entries) {
      const fields = fieldsOf(entry);
      if (fields !== undefined && lastEntry !== undefined && isOfSameRun(fields, lastEntry)) {
        last?.entries.push(fields);
        continue;
      }
      const named = nameRun(fields);
      if (fields === undefined || typeof named === "string") {
        this.unreadable.keep(call, String(named), textOfAny(entry), this.#now());
        continue;
      }
      const key = `${named.projectKey}\0${named.id}`;
      last = groups.get(key) ?? { named, entries: [] };
      last.entries.push(fields);
      lastEntry = fields;
      groups.set(key, last);
    }
    return groups.values();
  }

  /** For a batch of `count` entries whose journal is not open. */
  async #open(
    named: NamedRun,
    lane: Lane | undefined,
    count: number,
    config?: Config,
  ): Promise<OpenJournal | undefined> {
    const journal = await this.journals.open(named, lane, config);
    if (journal === undefined) this.droppedEntries += count;
    return journal;
  }

  /** The same again only after a minute: a disk that fails, fails for every journal. */
  #tellTrouble(text: string, log: (line: string) => void): void {
    const nowMs = this.#now();
    if (text === this.#trouble?.text && nowMs < this.#trouble.atMs + TROUBLE_INTERVAL_MS) return;
    this.#trouble = { text, atMs: nowMs };
    log(`Writing what Trackio clients sent: ${text}`);
  }

  /** What `add` adds, at once; nothing where it throws. */
  #write(journal: OpenJournal, add: () => void): void {
    try {
      add();
    } catch (error) {
      journal.discard();
      throw error;
    }
    journal.write(this.#now());
  }

  /** The first configuration in the entries that is not empty. */
  #firstConfig(entries: readonly Entry[]): Config | undefined {
    for (const { config } of entries) {
      if (config === undefined || config === null) continue;
      const members = membersOf(config);
      if (members === undefined || members.length === 0) continue;
      if (isShallow(config, MAX_DEPTH)) return Object.fromEntries(members);
      const why = `config is nested more than ${MAX_DEPTH} levels deep`;
      this.unreadable.keep("bulk_log", why, textOfAny(config), this.#now());
    }
    return undefined;
  }

  #addConfig(journal: OpenJournal, config: Config | undefined): void {
    if (config === undefined || !takeConfig(this.#folder, journal.run, config)) return;
    journal.addEvent({ config, time: this.#now() });
  }

  #addRecord(call: "bulk_log" | "bulk_log_system", journal: OpenJournal, entry: Entry): void {
    const { metrics, log_id: logId } = entry;
    const timeMs = this.#timeOf(journal, entry);
    const step = call === "bulk_log" ? stepOf(entry.step) : null;
    const id = textOf(logId);
    const plain = plainValues(metrics);
    if (plain !== undefined) {
      const shape = journal.shapeOf(plain.names);
      if (id === undefined) journal.addRecord(shape.withoutIds, step, timeMs, plain.values);
      else journal.addRecord(shape.withIds, step, timeMs, plain.values, JSON.stringify(id));
      return;
    }
    const translated = translateMetrics(metrics, (text) => this.#keepText(text));
    if (translated === undefined) {
      const why = `metrics is no object, or nested more than ${MAX_DEPTH} levels deep`;
      this.unreadable.keep(call, why, textOfAny(entry), this.#now());
      return;
    }
    const { keys, values, traces } = translated;
    const set = journal.keySet(keys, id !== undefined);
    const json = values.map((value) => JSON.stringify(value)).join();
    journal.addRecord(set, step, timeMs, json, id === undefined ? id : JSON.stringify(id));
    for (const trace of traces) {
      const { key, index, body } = trace;
      const inRun = journal.run.identity.id;
      journal.addEvent({
        trace: {
          id: traceId(inRun, id ?? newId(), trace),
          key,
          ...(index !== undefined && { index }),
          step: encodeStep(step ?? journal.nextStep),
          body,
        },
        time: timeMs,
      });
    }
  }

  #addAlert(journal: OpenJournal, entry: Entry): void {
    const title = textOf(entry.title);
    if (title === undefined) {
      this.unreadable.keep("bulk_alert", "title is no text", textOfAny(entry), this.#now());
      return;
    }
    const text = textOf(entry.text);
    const step = stepOf(entry.step);
    journal.addEvent({
      alert: {
        id: textOf(entry.alert_id) ?? newId(),
        title,
        level: textOf(entry.level) ?? "warn",
        ...(text !== undefined && { text }),
        ...(step !== null && { step: encodeStep(step) }),
      },
      time: this.#timeOf(journal, entry),
    });
  }

  /** The client's own time where it gives one, else one later than all before. */
  #timeOf(journal: OpenJournal, entry: Entry): number {
    const given = entry.timestamp;
    return (
      (given == null ? undefined : parseTrackioTime(given)) ?? nextTime(journal.run, this.#now())
    );
  }

  #keepText(text: string) {
    return keepBytes(this.#blobs, Buffer.from(text)).hash;
  }
}

/** The entry's fields; undefined where it is no object. */
function fieldsOf(entry: Json): Entry | undefined {
  const isPlain = typeof entry === "object" && entry !== null && !Array.isArray(entry);
  if (isPlain && (entry as Entry).$ === undefined) return entry as Entry;
  const members = membersOf(entry);
  return members === undefined ? undefined : Object.fromEntries(members);
}

function isOfSameRun(a: Entry, b: Entry): boolean {
  return a.run_id === b.run_id && a.run === b.run && a.project === b.project;
}

/** What the entry says of its run; why it cannot be told where it cannot. */
function nameRun(entry: Entry | undefined): NamedRun | string {
  if (entry === undefined) return "the entry is no object";
  const { project, run, run_id: runId } = entry;
  const projectKey = trackioProjectKey(project);
  if (projectKey === undefined) return "project is no text";
  const id = trackioRunId(runId, run);
  if (id === undefined) return "neither run nor run_id is a text";
  return { projectKey, project: project as string, id, name: textOf(run) ?? id };
}

/** A number, or a text that is one; null where it is neither, or no finite one. */
function stepOf(step: Json | undefined): Step | null {
  if (typeof step === "number") return step;
  if (step === undefined || step === null) return null;
  if (typeof step === "boolean") return step ? 1 : 0;
  const number = typeof step === "string" && step.trim() !== "" ? Number(step) : decodeNumber(step);
  return number !== undefined && Number.isFinite(Number(number)) ? number : null;
}

function newId(): string {
  return randomUUID().replaceAll("-", "");
}

/** What nobody understands may be nested deeper than it can be spelled. */
function textOfAny(entry: Json): string {
  try {
    return formatExactJson(entry, "text");
  } catch (error) {
    if (error instanceof RangeError) return "(nested too deep)";
    throw error;
  }
}
