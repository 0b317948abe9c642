/** The header that makes an answer a download, and names its file (RFC 6266). */

const MAX_NAME_LENGTH = 150;

/**
 * `attachment` under `name`, whoever gave it: of a path only its last part, nothing that ends the header or hides
 * what kind of file it is. Old clients read the first form, all others the second (RFC 5987).
 */
export function attachmentNamed(name: string): string {
  const safe = safeFileName(name);
  const plain = safe.replaceAll(/[^\x20-\x7e]|["\\%]/gu, "_");
  const extended = encodeURIComponent(safe).replaceAll(/[!'()*]/g, percentEncode);
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended}`;
}

function safeFileName(name: string): string {
  const last = name.toWellFormed().split(/[/\\]/).at(-1)!;
  // Controls, and the marks that turn the direction of writing: "gnp.exe" must not look like "exe.png".
  const visible = last
    .replaceAll(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "")
    .replaceAll(/[<>:"|?*]/g, "_")
    .trim()
    .replace(/^\.+/, "");
  return shorten(visible) || "download";
}

/** Keeps the ending, which says what the file is. */
function shorten(name: string): string {
  const letters = Array.from(name);
  if (letters.length <= MAX_NAME_LENGTH) return name;
  const ending = /\.[^.]{1,12}$/u.exec(name)?.[0] ?? "";
  return letters.slice(0, MAX_NAME_LENGTH - Array.from(ending).length).join("") + ending;
}

function percentEncode(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
}
