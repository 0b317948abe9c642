/** The import table of docs/architecture.md is held by Biome; here is the proof that it bites. */

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installedCommand, ROOT } from "./run-command.ts";

/** A folder with the repository's rules and none of its files. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trackio-imports-"));
  for (const name of ["biome.json", ".gitignore"])
    copyFileSync(join(ROOT, name), join(folder, name));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What Biome says of a file with this path and content. */
function lint(path: string, content: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  const { stdout, stderr } = spawnSync(installedCommand("biome"), ["lint", "--colors=off", path], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(stdout).toContain("Checked 1 file");
  return stdout + stderr;
}

test.each([
  ["src/protocol/x.ts", "../journal/run-head.ts", "protocol may import nothing of ours."],
  ["src/series/x.ts", "../protocol/errors.ts", "series may import nothing of ours."],
  ["src/journal/x.ts", "../store/store.ts", "journal may import protocol."],
  ["src/tables/x.ts", "../media/recognise.ts", "tables may import protocol."],
  ["src/media/x.ts", "../store/store.ts", "media may import protocol, journal, tables."],
  ["src/artifacts/x.ts", "../store/store.ts", "artifacts may import protocol, media."],
  ["src/sdk/x.ts", "../store/store.ts", "sdk may import protocol, journal, tables, media."],
  ["src/store/x.ts", "../journal/run-head.ts", "store may import protocol, series."],
  [
    "src/ingest/x.ts",
    "../server/server.ts",
    "ingest may import protocol, journal, tables, media, store.",
  ],
  [
    "src/server/x.ts",
    "../sdk/index.ts",
    "server may import protocol, journal, tables, media, artifacts, store, ingest.",
  ],
  ["src/cli/x.ts", "../../dashboard/src/main.tsx", "cli may import"],
  ["dashboard/src/x.ts", "../../src/store/store.ts", "dashboard may import protocol, series."],
  ["dashboard/src/charts/x.ts", "../api/client.ts", "charts know numbers and pixels"],
])("%s may not import %s, and is told the rule", (path, imported, rule) => {
  const said = lint(path, `import { x } from "${imported}";\nx();\n`).replace(/\s+/g, " ");
  expect(said).toContain("The import table (docs/architecture.md):");
  expect(said).toContain(rule);
});

test.each([
  ["src/store/x.ts", "../protocol/errors.ts"],
  ["src/sdk/x.ts", "../journal/run-head.ts"],
  ["src/ingest/x.ts", "../store/store.ts"],
  ["dashboard/src/x.ts", "../../src/series/smooth.ts"],
])("%s may import %s", (path, imported) => {
  const said = lint(path, `import { x } from "${imported}";\n\nx();\n`);
  expect(said).not.toContain("The import table");
});

test("no file imports one that imports it, be it for a type", () => {
  lint("src/store/a.ts", 'import type { B } from "./b.ts";\n\nexport type A = B | 1;\n');
  const said = lint(
    "src/store/b.ts",
    'import type { A } from "./a.ts";\n\nexport type B = A | 2;\n',
  );
  expect(said).toContain("This import is part of a cycle");
});
