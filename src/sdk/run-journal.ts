/**
 * What this process writes of one run. An end is the last line of its journal:
 * whoever folds may remove a journal that says so. So what comes after an end
 * (a script that outlives a signal) begins a journal of its own.
 *
 * The methods throw the system's errors; {@link RunJournal.end} does all it can first.
 */

import type { DataFolder } from "../journal/data-folder.ts";
import type { RunHead } from "../journal/head-file.ts";
import { JournalWriter } from "../journal/journal-writer.ts";
import { updateHead } from "../journal/run-head.ts";
import { higherStep } from "../journal/step-field.ts";
import type { EventLine } from "../protocol/journal-line.ts";
import type { RunEnd, RunIdentity } from "../protocol/run.ts";
import type { MediaSink } from "./encode-with-media.ts";
import type { OpenedRun } from "./open-run.ts";
import { type EncodedRecord, type OnUnkeepable, RecordEncoder } from "./record-encoder.ts";
import type { OwnJournal } from "./remote/sending.ts";
import type { RunRemote } from "./run-remote.ts";
import type { StepCounter } from "./step-counter.ts";

export class RunJournal {
  readonly #folder: DataFolder;
  readonly #run: RunIdentity;
  readonly #steps: StepCounter;
  readonly #onUnkeepable: OnUnkeepable;
  readonly #media: MediaSink;
  readonly #remote: RunRemote | undefined;
  #journal: JournalWriter;
  #outgoing: OwnJournal | undefined;
  #encoder: RecordEncoder;
  /** Of the journals before the present one. */
  #formerBytes = 0;
  #end: RunEnd | undefined;

  /** @param remote Sends what is written; undefined where it stays here. */
  constructor(
    opened: OpenedRun,
    steps: StepCounter,
    onUnkeepable: OnUnkeepable,
    media: MediaSink,
    remote: RunRemote | undefined,
  ) {
    this.#folder = opened.folder;
    this.#run = opened.head.run;
    this.#steps = steps;
    this.#onUnkeepable = onUnkeepable;
    this.#media = media;
    this.#remote = remote;
    this.#journal = opened.journal;
    this.#outgoing = remote?.begin(opened.journal, opened);
    this.#encoder = new RecordEncoder(opened.journal, onUnkeepable, media);
  }

  /** Set while the run is marked as ended. */
  get ended(): RunEnd | undefined {
    return this.#end;
  }

  get path(): string {
    return this.#journal.path;
  }

  /** Where the present one goes. */
  get outgoing(): OwnJournal | undefined {
    return this.#outgoing;
  }

  /** Of all journals that this process wrote of the run. */
  get sizeBytes(): number {
    return this.#formerBytes + this.#journal.sizeBytes;
  }

  encode(values: { readonly [key: string]: unknown }): EncodedRecord {
    return this.#encoder.encode(values);
  }

  append({ set, fields }: EncodedRecord): void {
    this.#journal.append(set, fields);
  }

  appendEvent(event: EventLine): void {
    this.#journal.appendEvent(event);
  }

  /** Undefined where the run is gone. */
  updateHead(nowMs: number, change: (head: RunHead) => RunHead): RunHead | undefined {
    return updateHead(this.#folder, this.#run.projectKey, this.#run.id, (head) => ({
      ...change(head),
      updatedAt: nowMs,
    }));
  }

  /**
   * Says that the run has ended, in its journal and in its head; returns when the disk itself has both.
   * @returns Whether the run is still there: somebody may have deleted it.
   */
  end(end: RunEnd, nowMs: number, onTrouble: (error: unknown) => void): boolean {
    this.#end = end;
    let isThere = true;
    const attempt = (action: () => void): void => {
      try {
        action();
      } catch (error) {
        onTrouble(error);
      }
    };
    attempt(() => this.#journal.appendEvent({ time: nowMs, end }));
    attempt(() => this.#journal.sync());
    attempt(() => this.#journal.close());
    attempt(() => {
      isThere = this.updateHead(nowMs, (head) => this.#headAfter(head, end)) !== undefined;
    });
    return isThere;
  }

  /** Takes the end back: the run goes on in a new journal. */
  reopen(nowMs: number): void {
    this.updateHead(nowMs, ({ end: _, ...head }) => ({ ...head, state: "running" }));
    const header = { run: this.#run, time: nowMs, resumed: true };
    const journal = JournalWriter.create(this.#folder, header);
    this.#formerBytes += this.#journal.sizeBytes;
    this.#journal = journal;
    this.#outgoing = this.#remote?.begin(journal, { mustExist: false });
    this.#encoder = new RecordEncoder(journal, this.#onUnkeepable, this.#media);
    this.#end = undefined;
  }

  #headAfter(head: RunHead, end: RunEnd): RunHead {
    const highestStep = higherStep(head.highestStep, this.#steps.highest);
    const ended = { ...head, state: end.state, end };
    return highestStep === undefined ? ended : { ...ended, highestStep };
  }
}
