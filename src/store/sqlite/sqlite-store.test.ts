import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeContract } from "../store.contract.ts";
import { SqliteStore } from "./sqlite-store.ts";

storeContract("SqliteStore", async () => {
  const folder = await mkdtemp(join(tmpdir(), "trackio-store-"));
  const path = join(folder, "store.db");
  let store = await SqliteStore.open(path);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await SqliteStore.open(path);
      return store;
    },
    remove: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
