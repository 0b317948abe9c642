import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStoreForFolding } from "./open-store.ts";

test("a place where no folder can be made is told at once, in a sentence", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trackio-open-"));
  writeFileSync(join(folder, "file"), "");
  for (const root of [join(folder, "file", "data"), "/proc/no-such-process/data"]) {
    await expect(openStoreForFolding(root)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(`Cannot write in ${root}`),
    });
  }
  rmSync(folder, { recursive: true });
});

test("where Trackio for Python wrote into a folder that is not to be written to, the way out is told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trackio-open-"));
  writeFileSync(join(folder, "store"), "in the way");
  writeFileSync(join(folder, "demo.db"), "");
  await expect(openStoreForFolding(folder)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining(`trackio import '${folder}' --dir FOLDER`),
  });
  rmSync(folder, { recursive: true });
});
