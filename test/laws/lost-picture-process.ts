/** A script that is killed between a picture's blob and its line in the journal. Argument: data folder. */

import { DataFolder } from "../../src/journal/data-folder.ts";
import { BlobFolder } from "../../src/media/blob-folder.ts";
import { keepRaw } from "../../src/media/keep-blob.ts";
import { init, log } from "../../src/sdk/index.ts";
import { PIXEL_SHAPE, pictureOf, pixelsOf } from "./pictures.ts";

const [dir] = process.argv.slice(2) as [string];
init({ project: "crash", name: "lost", dir });
log({ picture: pictureOf(0) });
const header = { raw: "image", shape: PIXEL_SHAPE, format: "png" } as const;
keepRaw(new BlobFolder(new DataFolder(dir)), header, [pixelsOf(1)]);
process.kill(process.pid, "SIGKILL");
