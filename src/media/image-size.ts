/**
 * How large a picture is, from the first bytes of its file, so that a page has a
 * frame of its shape before the picture is there. Only what a header has at a
 * known place: nothing is decoded. A picture that its EXIF data may turn when it
 * is shown has no size here.
 */

export interface ImageSize {
  /** Pixels, above 0. */
  readonly width: number;
  readonly height: number;
}

/** @param firstBytes The beginning of the file; undefined where that does not tell. */
export function imageSize(firstBytes: Uint8Array): ImageSize | undefined {
  const bytes = new DataView(firstBytes.buffer, firstBytes.byteOffset, firstBytes.byteLength);
  try {
    const size = readSize(bytes);
    return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
  } catch (error) {
    // The file ends before it says it.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readSize(bytes: DataView): ImageSize | undefined {
  if (hasText(bytes, 1, "PNG") && hasText(bytes, 12, "IHDR")) {
    return { width: bytes.getUint32(16), height: bytes.getUint32(20) };
  }
  if (hasText(bytes, 0, "GIF8")) {
    return { width: bytes.getUint16(6, true), height: bytes.getUint16(8, true) };
  }
  if (hasText(bytes, 0, "RIFF") && hasText(bytes, 8, "WEBP")) return readWebp(bytes);
  return bytes.getUint16(0) === 0xffd8 ? readJpeg(bytes) : undefined;
}

const HAS_EXIF = 8;

function readWebp(bytes: DataView): ImageSize | undefined {
  if (hasText(bytes, 12, "VP8 ")) {
    const [width, height] = [bytes.getUint16(26, true), bytes.getUint16(28, true)];
    return { width: width & 0x3fff, height: height & 0x3fff };
  }
  if (hasText(bytes, 12, "VP8L")) {
    const sizes = bytes.getUint32(21, true);
    return { width: (sizes & 0x3fff) + 1, height: ((sizes >>> 14) & 0x3fff) + 1 };
  }
  if (!hasText(bytes, 12, "VP8X") || (bytes.getUint8(20) & HAS_EXIF) !== 0) return undefined;
  const uint24 = (at: number) => bytes.getUint16(at, true) + bytes.getUint8(at + 2) * 65_536;
  return { width: uint24(24) + 1, height: uint24(27) + 1 };
}

/** Of JPEG's markers: those of a frame, which has the size, are C0 to CF without three others. */
const NO_FRAMES = new Set([0xc4, 0xc8, 0xcc]);
const APP1 = 0xe1;
const SCAN = 0xda;

function readJpeg(bytes: DataView): ImageSize | undefined {
  for (let at = 2; ; ) {
    if (bytes.getUint8(at) !== 0xff) return undefined;
    const marker = bytes.getUint8(at + 1);
    if (marker === 0xff) {
      // Filled up before a marker.
      at += 1;
      continue;
    }
    if (marker === SCAN || (marker === APP1 && hasText(bytes, at + 4, "Exif"))) return undefined;
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.has(marker)) {
      return { width: bytes.getUint16(at + 7), height: bytes.getUint16(at + 5) };
    }
    at += 2 + bytes.getUint16(at + 2);
  }
}

function hasText(bytes: DataView, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if (bytes.getUint8(at + i) !== text.charCodeAt(i)) return false;
  }
  return true;
}
