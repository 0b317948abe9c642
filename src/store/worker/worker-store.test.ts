import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { storeContract } from "../store.contract.ts";
import { WorkerStore } from "./worker-store.ts";

storeContract(
  "WorkerStore",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "trackio-worker-"));
    const path = join(folder, "store.db");
    let store = await WorkerStore.open(path);
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await WorkerStore.open(path);
        return store;
      },
      remove: async () => {
        await store.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
  { propertyRuns: 5 },
);

test("errors keep their code on the way out of the thread, and a closed store says so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "trackio-worker-"));
  try {
    const missing = WorkerStore.open(join(folder, "none.db"), { readOnly: true });
    await expect(missing).rejects.toMatchObject({ name: "TrackioError", code: "not_found" });
    await writeFile(join(folder, "text.db"), "this is a text and no store of anything".repeat(100));
    const text = WorkerStore.open(join(folder, "text.db"));
    await expect(text).rejects.toMatchObject({ code: "damaged" });
    const store = await WorkerStore.open(join(folder, "store.db"));
    await store.close();
    await store.close();
    await expect(store.listProjects()).rejects.toMatchObject({ code: "unavailable" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
