import { copyFileSync, readdirSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PartPool } from "./part-pool.ts";
import { cellsOf, column, temporaryPath, writePart } from "./testing/table-files.ts";

const numbers = (...values: number[]) => [{ name: "a", data: column("number", values) }];
const readAll = (pool: PartPool, path: string) =>
  pool.use(path, (part) => cellsOf(part.readColumn(0, 0, part.rowCount)));

/** Files below `folder` that this process has open. */
function openFiles(folder: string): string[] {
  return readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      // The descriptor that listed them.
      return [];
    }
  });
}

test.runIf(process.platform === "linux")("only so many stay open that nobody reads", async () => {
  const folder = temporaryPath();
  const pool = new PartPool(2);
  for (let i = 0; i < 5; i += 1) await readAll(pool, await writePart(folder, numbers(i), "raw"));
  expect(openFiles(folder)).toHaveLength(2);
  const paths = await Promise.all([1, 2, 3, 4].map((i) => writePart(folder, numbers(i), "raw")));
  await Promise.all(
    paths.map((path) =>
      pool.use(path, async () => expect(openFiles(folder).length).toBeGreaterThan(0)),
    ),
  );
  expect(openFiles(folder)).toHaveLength(2);
});

test("a part is read to its end, also where its file is gone meanwhile; then it is not found", async () => {
  const folder = temporaryPath();
  const pool = new PartPool(2);
  const path = await writePart(folder, numbers(1, 2), "raw");
  await pool.use(path, async (part) => {
    rmSync(path);
    await expect(readAll(pool, path)).rejects.toMatchObject({ code: "not_found" });
    expect(cellsOf(part.readColumn(0, 0, 2))).toEqual([1, 2]);
  });
  await expect(readAll(pool, path)).rejects.toMatchObject({ code: "not_found" });
});

test("another file under the same path is opened anew", async () => {
  const folder = temporaryPath();
  const pool = new PartPool(2);
  const path = join(folder, "part");
  copyFileSync(await writePart(folder, numbers(1), "raw"), path);
  const other = await writePart(folder, numbers(2, 3), "raw");
  await pool.use(path, async (part) => {
    renameSync(other, path);
    expect(await readAll(pool, path)).toEqual([2, 3]);
    expect(cellsOf(part.readColumn(0, 0, 1))).toEqual([1]);
  });
  expect(await readAll(pool, path)).toEqual([2, 3]);
});
