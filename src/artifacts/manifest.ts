/**
 * What an artifact's version holds: files by path, each a blob, or a reference
 * to something elsewhere. Checked as Trackio for Python checks it, with its
 * words, since clients show them. The digest of a manifest tells whether two
 * versions are the same.
 */

import { createHash } from "node:crypto";
import { TrackioError } from "../protocol/errors.ts";
import { type BlobHash, isBlobHash } from "../protocol/media.ts";
import { pythonText } from "./python-text.ts";

export interface ManifestEntry {
  /** Relative, with `/`. */
  readonly path: string;
  /** Of a file its blob; of a reference what its maker calls its content. */
  readonly digest: string;
  readonly size: number;
  /** Where it is, e.g. `s3://…`; absent for a file. */
  readonly ref?: string;
}

/** Entries by path, which the digest is of. */
export interface Manifest {
  readonly entries: readonly ManifestEntry[];
  readonly digest: string;
  readonly sizeBytes: number;
}

const NAME = /^[A-Za-z0-9._-]+$/;
const NAME_RULE = "must match ^[A-Za-z0-9._-]+$ (letters, digits, dot, underscore, hyphen).";
/** `v3`: reserved, since it means version 3. */
const VERSION_SPEC = /^v(\d+)$/;

/** The version that `spec` names by its number; undefined for an alias. */
export function versionIn(spec: string): number | undefined {
  const [, digits] = VERSION_SPEC.exec(spec) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** @throws {@link TrackioError} `invalid_argument` where no artifact may be called so. */
export function checkArtifactName(name: unknown): string {
  if (typeof name === "string" && NAME.test(name)) return name;
  throw invalid(`Artifact name ${pythonText(name)} ${NAME_RULE}`);
}

/** @throws {@link TrackioError} `invalid_argument` naming the alias that is none. */
export function checkAliases(aliases: unknown): readonly string[] {
  if (aliases === null || aliases === undefined) return [];
  if (!Array.isArray(aliases)) {
    throw invalid(`aliases must be a list of strings, got ${pythonType(aliases)}.`);
  }
  return aliases.map((alias: unknown) => {
    const shown = `Alias ${pythonText(alias)}`;
    if (typeof alias !== "string" || alias === "") {
      throw invalid(`${shown} must be a non-empty string.`);
    }
    if (!NAME.test(alias)) throw invalid(`${shown} ${NAME_RULE}`);
    if (VERSION_SPEC.test(alias)) {
      throw invalid(`${shown} is reserved for version pointers (vN); choose another.`);
    }
    return alias;
  });
}

/** @throws {@link TrackioError} `invalid_argument` unless it is 64 lower-case hex digits. */
export function checkDigest(digest: unknown): BlobHash {
  if (isBlobHash(digest)) return digest;
  throw invalid(`Invalid sha256 digest: ${pythonText(digest)}`);
}

/** @throws {@link TrackioError} `invalid_argument` naming the first entry that cannot be. */
export function readManifest(given: unknown): Manifest {
  if (!Array.isArray(given) || given.length === 0) {
    throw invalid("Artifact manifest must be a non-empty list of entries.");
  }
  const entries = given.map(readEntry);
  checkTogether(entries);
  entries.sort((a, b) => compareCodePoints(a.path, b.path));
  const sizeBytes = entries.reduce((sum, { size }) => sum + size, 0);
  if (!Number.isSafeInteger(sizeBytes))
    throw invalid("Artifact manifest is larger than 2^53 bytes.");
  // The keys in the order of the alphabet, as the digest is defined.
  const text = JSON.stringify(
    entries.map(({ digest, path, ref, size }) => ({ digest, path, ref, size })),
  );
  return { entries, digest: createHash("sha256").update(text).digest("hex"), sizeBytes };
}

/** Blobs that the entries name, each once. */
export function blobsIn(entries: readonly ManifestEntry[]): readonly BlobHash[] {
  const files = entries.filter(({ ref }) => ref === undefined);
  return [...new Set(files.map(({ digest }) => digest as BlobHash))];
}

function readEntry(given: unknown): ManifestEntry {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw invalid(`Invalid artifact manifest entry: ${pythonText(given)}`);
  }
  const { path, size, digest, ref } = given as { readonly [field: string]: unknown };
  checkPath(path);
  if (!Number.isSafeInteger(size) || (size as number) < 0) {
    throw invalid(`Artifact manifest entry has invalid size: ${pythonText(size)}`);
  }
  // Kept and answered in the order in which clients write them.
  const sized = { size: size as number };
  if (!Object.hasOwn(given, "ref")) return { path, digest: checkDigest(digest), ...sized };
  checkReference(ref);
  if (typeof digest === "string" && digest !== "") return { path, ref, digest, ...sized };
  throw invalid(`Artifact reference entry must carry a string digest, got ${pythonText(digest)}`);
}

function checkPath(path: unknown): asserts path is string {
  const shown = `Invalid artifact path${typeof path === "string" && path !== "" ? "" : ":"} ${pythonText(path)}`;
  if (typeof path !== "string" || path === "") throw invalid(`${shown} (must be non-empty)`);
  if (/[\\\0]/.test(path)) throw invalid(`${shown}: backslashes and NUL are not allowed`);
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) {
    throw invalid(`${shown}: must be relative`);
  }
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw invalid(`${shown}: '.', '..', and empty segments are not allowed`);
  }
}

function checkReference(uri: unknown): asserts uri is string {
  if (typeof uri !== "string" || uri === "") {
    throw invalid(`Invalid reference URI: ${pythonText(uri)} (must be non-empty)`);
  }
  const shown = `Invalid reference URI ${pythonText(uri)}`;
  if (uri.includes("\0")) throw invalid(`${shown}: NUL is not allowed`);
  if (/\s/.test(uri)) {
    throw invalid(
      `${shown}: whitespace is not allowed (percent-encode spaces and special characters)`,
    );
  }
  if (!/^[a-z][a-z0-9+.-]*:/i.test(uri)) {
    throw invalid(
      `${shown}: a scheme is required (e.g. file://, s3://, https://); use add_file for local paths.`,
    );
  }
}

/** No path twice, and none that is a file and a folder. */
function checkTogether(entries: readonly ManifestEntry[]): void {
  const paths = new Set<string>();
  for (const { path } of entries) {
    if (paths.has(path)) throw invalid(`Duplicate logical path in manifest: ${pythonText(path)}`);
    paths.add(path);
  }
  for (const path of paths) {
    for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) {
      const folder = path.slice(0, end);
      if (!paths.has(folder)) continue;
      throw invalid(
        `Artifact path ${pythonText(path)} collides with ${pythonText(folder)}: a path cannot be both a file and a directory in the same artifact.`,
      );
    }
  }
}

/** Texts in the order of Python: by code point. */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const [first, second] = [a[Symbol.iterator](), b[Symbol.iterator]()];
  for (;;) {
    const [one, other] = [first.next(), second.next()];
    if (one.done) return -1;
    if (other.done) return 1;
    const difference = one.value.codePointAt(0)! - other.value.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
}

function pythonType(value: unknown): string {
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return typeof value === "bigint" ? "int" : "dict";
}

function invalid(message: string): TrackioError {
  return new TrackioError("invalid_argument", message);
}
