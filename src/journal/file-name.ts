/**
 * Any text as the name of a file, on any file system, and back.
 *
 *     dainty-sunset-12 → dainty-sunset-12      MNIST → +m+n+i+s+t      lr=0.01 → lr%3d0.01
 *
 * Laws: two texts never share a file's name, also where upper and lower case
 * are one; no name leads out of its folder; what is short comes back.
 */

const MAX_LENGTH = 120;

/** Names that Windows keeps for devices, whatever follows a dot. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/;

/** The file's name of `text`: itself where it has only `a-z 0-9 _ -` and inner dots, at most 120 characters. */
export function toFileName(text: string): string {
  // Most names: told without the tables that the expressions below need.
  if (/^[a-z0-9_-]{4,64}$/.test(text) && !DEVICE_NAME.test(text)) return text;
  if (!text.isWellFormed()) return hashed("", text);
  const escaped = text.replaceAll(/[^a-z0-9_.-]|^\.|\.$/gu, escapeCharacter);
  if (escaped === "" || escaped.length > MAX_LENGTH) return hashed(escaped.slice(0, 80), text);
  return DEVICE_NAME.test(escaped) ? escapeByte(escaped.charCodeAt(0)) + escaped.slice(1) : escaped;
}

/** The text of a file's name; undefined where the name is too short to tell, or not one of ours. */
export function fromFileName(fileName: string): string | undefined {
  if (fileName.includes("~")) return undefined;
  const unfolded = fileName.replaceAll(/\+([a-z])/g, (_, letter: string) => letter.toUpperCase());
  try {
    const text = decodeURIComponent(unfolded);
    return toFileName(text) === fileName ? text : undefined;
  } catch {
    // Percent signs that we did not write.
    return undefined;
  }
}

function escapeCharacter(character: string): string {
  if (/[A-Z]/.test(character)) return `+${character.toLowerCase()}`;
  return Array.from(Buffer.from(character), escapeByte).join("");
}

function escapeByte(byte: number): string {
  return `%${byte.toString(16).padStart(2, "0")}`;
}

/** 96 bits of SHA-256 stand for the whole. The module is loaded here: it costs more than the whole SDK, and few names need it. */
function hashed(beginning: string, text: string): string {
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hash = createHash("sha256").update(Buffer.from(text, "utf16le")).digest("hex");
  return `${beginning}~${hash.slice(0, 24)}`;
}
