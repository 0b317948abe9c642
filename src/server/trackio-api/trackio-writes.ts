import { TrackioLog } from "../../ingest/trackio/trackio-log.ts";
import type { DataFolder } from "../../journal/data-folder.ts";
import { Uploads } from "./uploads.ts";

/** What the writing calls of Trackio clients stand on. */
export class TrackioWrites {
  readonly log: TrackioLog;
  readonly uploads: Uploads;

  /** @param log Takes one line for whoever runs the server. */
  constructor(folder: DataFolder, log: (line: string) => void) {
    this.log = new TrackioLog(folder, { log });
    this.uploads = new Uploads(folder);
  }

  /** Ends the journals and removes what was sent and never named. */
  async close(): Promise<void> {
    await Promise.all([this.log.close(), this.uploads.close()]);
  }
}
