import { expect, test } from "vitest";
import { openStoreForReading } from "../../../ingest/open-store.ts";
import { BlobFolder } from "../../../media/blob-folder.ts";
import { entry, TrackioServer } from "../testing/trackio-server.ts";
import { answerTrackio } from "./answer-trackio.ts";

test("an answer of more than it may have is refused, and one of as much is given", async () => {
  const server = await TrackioServer.start();
  await server.data("bulk_log", { logs: [entry({ text: "x".repeat(1_000) })], hf_token: null });
  await server.data("get_logs", { project: "my.proj", run_id: "a1" });
  const { folder, store } = await openStoreForReading(server.folder.root);
  const source = { folder, store, blobs: new BlobFolder(folder), statusOf: () => "idle" as const };
  const ask = async (times: number) => {
    const runs = Array.from({ length: times }, () => ({ run: "run A", run_id: "a1" }));
    const values = { project: "my.proj", runs, max_points: null, scalar_only: false };
    const question = { ask: "trackio", call: "get_logs_batch", values } as const;
    return new TextDecoder().decode(await answerTrackio(source, question, () => undefined, 20_000));
  };
  expect(JSON.parse(await ask(10))).toHaveLength(10);
  await expect(ask(30)).rejects.toMatchObject({
    code: "conflict",
    message: "The answer has more than 20000 characters; ask for fewer runs or points at once.",
  });
  await store.close();
});
