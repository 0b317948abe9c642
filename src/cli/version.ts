import { readFileSync } from "node:fs";

/** This package's version, e.g. `0.1.0`. */
export function readVersion(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return version;
}
