/** The blobs of a data folder of its own for each test, gone after it. */

import { temporaryFolder } from "../../journal/testing/temporary-folder.ts";
import { BlobFolder } from "../blob-folder.ts";

export function temporaryBlobs(): BlobFolder {
  return new BlobFolder(temporaryFolder());
}
