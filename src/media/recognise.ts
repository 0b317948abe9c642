/** What bytes are, by what they begin with: names and claims of files are not asked. */

/** How many of the first bytes are enough to tell; an SVG may begin with long comments. */
export const RECOGNISE_BYTES = 4_096;

/** `document`: what is neither picture, moving picture, sound nor table. */
export type RecognisedKind = "image" | "video" | "audio" | "table" | "document";

export interface RecognisedMedia {
  readonly kind: RecognisedKind;
  /** MIME type. */
  readonly type: string;
}

type Signature = readonly [type: string, at: number, bytes: string];

/** What a format has at a fixed place, as Latin-1. Formats in a container are told apart further below. */
const SIGNATURES: readonly Signature[] = [
  ["image/png", 0, "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", 0, "\xff\xd8\xff"],
  ["image/gif", 0, "GIF87a"],
  ["image/gif", 0, "GIF89a"],
  ["image/bmp", 0, "BM"],
  ["audio/flac", 0, "fLaC"],
  ["audio/mpeg", 0, "ID3"],
  ["application/vnd.apache.parquet", 0, "PAR1"],
  ["application/pdf", 0, "%PDF-"],
];

const RIFF_TYPES: Readonly<Record<string, string>> = {
  WEBP: "image/webp",
  WAVE: "audio/wav",
  "AVI ": "video/x-msvideo",
};

/** Brands of ISO files (`ftyp`) that are no MP4 video. */
const BRAND_TYPES: Readonly<Record<string, string>> = {
  avif: "image/avif",
  avis: "image/avif",
  heic: "image/heic",
  heix: "image/heic",
  mif1: "image/heic",
  "qt  ": "video/quicktime",
  "M4A ": "audio/mp4",
  "M4B ": "audio/mp4",
};

/** First boxes of QuickTime files older than `ftyp`. */
const QUICKTIME_BOXES = new Set(["moov", "mdat", "wide", "pnot"]);

/**
 * What the file is that begins with these bytes; undefined where they tell nothing.
 * @param firstBytes At least the first {@link RECOGNISE_BYTES}, or all there are.
 */
export function recogniseMedia(firstBytes: Uint8Array): RecognisedMedia | undefined {
  // Pages ask, too: nothing here is Node's.
  const head = firstBytes.subarray(0, RECOGNISE_BYTES);
  const type = typeOfBinary(head) ?? typeOfMarkup(head);
  return type === undefined ? undefined : { kind: kindOf(type), type };
}

function kindOf(type: string): RecognisedKind {
  const [family] = type.split("/");
  if (family === "image" || family === "video" || family === "audio") return family;
  return type.endsWith("parquet") ? "table" : "document";
}

function typeOfBinary(head: Uint8Array): string | undefined {
  const text = String.fromCharCode(...head);
  for (const [type, at, bytes] of SIGNATURES) {
    if (text.startsWith(bytes, at) && (type !== "image/bmp" || isBitmap(head))) return type;
  }
  if (text.startsWith("RIFF")) return RIFF_TYPES[text.slice(8, 12)];
  if (text.startsWith("OggS")) return text.includes("theora") ? "video/ogg" : "audio/ogg";
  if (text.startsWith("\x1a\x45\xdf\xa3")) {
    return text.slice(0, 64).includes("webm") ? "video/webm" : "video/x-matroska";
  }
  const box = text.slice(4, 8);
  if (box === "ftyp") return typeOfBrands(text);
  if (QUICKTIME_BOXES.has(box)) return "video/quicktime";
  return isMpegAudio(head) ? "audio/mpeg" : undefined;
}

/** The major brand decides; `mif1` says little, so that the compatible ones are asked first. */
function typeOfBrands(text: string): string {
  const major = text.slice(8, 12);
  if (major === "mif1" || major === "msf1") {
    return text.slice(16, 64).includes("avif") ? "image/avif" : "image/heic";
  }
  return BRAND_TYPES[major] ?? "video/mp4";
}

/** Two letters are few: the reserved fields of a bitmap are zero and its header has a known size. */
function isBitmap(head: Uint8Array): boolean {
  if (head.length < 18) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return view.getUint32(6, true) === 0 && view.getUint32(14, true) <= 124;
}

/** The header of a frame of layer III without a tag before it. */
function isMpegAudio(head: Uint8Array): boolean {
  const [sync, layer, rates] = head;
  if (sync !== 0xff || layer === undefined || rates === undefined) return false;
  const isLayer3 = (layer & 0xe6) === 0xe2 && (layer & 0x18) !== 0x08;
  return isLayer3 && rates >> 4 !== 0 && rates >> 4 !== 15 && (rates & 0x0c) !== 0x0c;
}

/** SVG and HTML, whatever stands before their first element: a mark of byte order, a prolog, comments, a doctype. */
function typeOfMarkup(head: Uint8Array): string | undefined {
  const isUtf16 = head[0] === 0xff && head[1] === 0xfe;
  // Without the mark of byte order.
  let text = new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(head);
  for (;;) {
    text = text.trimStart();
    if (/^<!doctype html/i.test(text)) return "text/html";
    const before = /^(<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!doctype\s[^[>]*(\[[\s\S]*?\]\s*)?>)/i.exec(
      text,
    );
    if (before === null) break;
    text = text.slice(before[0].length);
  }
  if (/^<(\w+:)?svg[\s>/]/.test(text)) return "image/svg+xml";
  return /^<(html|head|body)[\s>]/i.test(text) ? "text/html" : undefined;
}
