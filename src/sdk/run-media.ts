/**
 * The media of one run, as the rest of the SDK sees them. Until the first
 * picture, video or table is logged there is nothing behind it.
 *
 * Law 1, for bytes: they are the operating system's before the journal names
 * them, and once it does they are looked for again, since somebody who deletes
 * a run may just have found that nothing names them.
 */

import type { DataFolder } from "../journal/data-folder.ts";
import type { Json } from "../protocol/json.ts";
import { blobsOf, type MediaRef, type SavedFile } from "../protocol/media.ts";
import { encodeWithMedia, type MediaSink } from "./encode-with-media.ts";
import { lazyMedia } from "./lazy-media.ts";
import type { Loggable } from "./loggable.ts";
import type { RunMediaKeeper } from "./run-media-keeper.ts";
import { workLater } from "./script-watch.ts";
import type { StartedMaker } from "./start-maker.ts";

/** A maker begins so long after the first media: a short script leaves them to the dashboard's server. */
const MAKER_AFTER_MS = 1_000;

export interface RunMediaOptions {
  readonly folder: DataFolder;
  /** Told of a value that is left out, and of its place. */
  readonly onLost: MediaSink["onLost"];
  readonly warn: (kind: string, message: string) => void;
}

export class RunMedia implements MediaSink {
  readonly onLost: MediaSink["onLost"];
  readonly #options: RunMediaOptions;
  #keeper: RunMediaKeeper | undefined;
  /** Whether media came since the run began, or went on. */
  #isInUse = false;
  #maker: StartedMaker | undefined;

  constructor(options: RunMediaOptions) {
    this.#options = options;
    this.onLost = options.onLost;
  }

  /** Blobs that this process was the first to keep. */
  get blobCount(): number {
    return this.#keeper?.blobCount ?? 0;
  }

  get blobBytes(): number {
    return this.#keeper?.blobBytes ?? 0;
  }

  keep(object: Loggable, path: readonly string[]): Json {
    return toJson(object.toMediaRef(this.#open(), path));
  }

  /**
   * Keeps the files that `pattern` means. What cannot be is told; the others are kept.
   * @param append Names one in the journal.
   */
  save(pattern: unknown, append: (file: SavedFile) => void): readonly SavedFile[] {
    const saved: SavedFile[] = [];
    const attempt = (what: string, action: () => void): void => {
      try {
        action();
      } catch (error) {
        this.recordLost();
        this.onLost([what], error);
      }
    };
    attempt(typeof pattern === "string" ? pattern : "save()", () => {
      for (const path of lazyMedia().findFilesToSave(pattern)) {
        attempt(path, () => {
          const file = lazyMedia().keepSavedFile(path, this.#open());
          append(file);
          this.recordWritten();
          saved.push(file);
        });
      }
    });
    return saved;
  }

  /** The journal has what was kept since the last call. */
  recordWritten(): void {
    this.#keeper?.recordWritten();
  }

  /** What was kept since the last call counts as never logged. */
  recordLost(): void {
    this.#keeper?.recordLost();
  }

  /** Brings what was kept to the disk itself, as far as that goes in 2 s. @throws where the disk refuses. */
  sync(): void {
    this.#keeper?.sync();
  }

  /** The run has ended: whoever shows it makes the rest. */
  release(): void {
    this.#isInUse = false;
    this.#maker?.stop();
    this.#maker = undefined;
  }

  /** The script was told to end; it may yet go on. */
  leave(): void {
    this.#maker?.leave();
  }

  /** Settles when no picture is being rendered any more, or after so long; undefined where none is. */
  rendered(timeoutMs: number): Promise<void> | undefined {
    return this.#keeper?.rendered(timeoutMs);
  }

  #open(): RunMediaKeeper {
    this.#keeper ??= this.#createKeeper();
    if (!this.#isInUse) {
      this.#isInUse = true;
      workLater(MAKER_AFTER_MS, () => this.#startMaker());
    }
    return this.#keeper;
  }

  #startMaker(): void {
    if (!this.#isInUse || this.#maker !== undefined) return;
    this.#maker = lazyMedia().startMaker(this.#options.folder.root, (reason) =>
      this.#options.warn("unmakeable", `something logged cannot be shown: ${reason}`),
    );
  }

  #createKeeper(): RunMediaKeeper {
    const { RunMediaKeeper } = lazyMedia();
    const { folder, warn } = this.#options;
    const keeper: RunMediaKeeper = new RunMediaKeeper(folder, {
      warn,
      encode: (value, path, onBlob) =>
        encodeWithMedia(value, path, [], {
          onLost: this.onLost,
          keep: (object, at) => {
            const media = object.toMediaRef(keeper, at);
            for (const blob of blobsOf(media)) onBlob?.(blob);
            return toJson(media);
          },
        }),
    });
    return keeper;
  }
}

function toJson({ kind, fields }: MediaRef): Json {
  return { $: kind, v: fields as unknown as Json };
}
