import { encodeTableParquet } from "../tables/table-parquet.ts";
import { encodeImage } from "./encode-image.ts";
import { encodeVideo } from "./encode-video.ts";
import type { Making } from "./making.ts";
import { OpenRawFile } from "./open-raw-file.ts";

/**
 * Makes a raw file into what is shown: a picture, a video, or a table's part as Parquet.
 * @throws {@link TrackioError} `damaged` where the raw file is not whole; the system's error where it cannot be written.
 */
export async function encodeRaw(path: string, outPath: string, making: Making): Promise<void> {
  const raw = OpenRawFile.open(path);
  try {
    const { header } = raw;
    switch (header.raw) {
      case "image":
        return await encodeImage(raw, header, outPath, making);
      case "video":
        return await encodeVideo(raw, header, outPath, making);
      case "table":
        return await encodeTableParquet(path, outPath);
    }
  } finally {
    raw.close();
  }
}
