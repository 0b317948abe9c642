import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readFolder } from "../../journal/testing/read-all.ts";
import { entry, TrackioServer } from "./testing/trackio-server.ts";

test("while a long batch is logged, others are answered", async () => {
  const server = await TrackioServer.start();
  const logs = Array.from({ length: 300 }, (_, i) =>
    entry({ loss: 1 }, { run: `run ${i}`, run_id: `r${i}` }),
  );
  let isLogged = false;
  const logged = server.data("bulk_log", { logs, hf_token: null }).then(() => {
    isLogged = true;
  });
  let answers = 0;
  for (; !isLogged; answers += 1) await (await fetch(`${server.url}/version`)).text();
  await logged;
  // After each run that begins there is a turn, and an answer takes some.
  expect(answers).toBeGreaterThan(20);
});

test("entries that nobody understands by the hundred thousand are kept and counted, and hold up nobody", async () => {
  const server = await TrackioServer.start();
  const body = (count: number, hole: string) =>
    `{"logs":[${"1,".repeat(count - 1)}1${hole}],"hf_token":null}`;
  await server.data("bulk_log", body(100_000, ""));
  // More than is taken at once.
  await server.data("bulk_log", body(100_000, " ".repeat(9 * 1024 * 1024)));
  const lines = readFileSync(server.folder.unreadableFile, "utf8").trim().split("\n");
  expect(lines).toHaveLength(200_000);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ call: "bulk_log", given: "1" });
});

test("a body that has to be parsed holds up nobody, and is logged whole and in order", async () => {
  const server = await TrackioServer.start();
  const logs = Array.from({ length: 20_000 }, (_, step) =>
    entry({ loss: null, at: "x" }, { step }),
  );
  const body = JSON.stringify({ logs, hf_token: null }).replaceAll('"loss":null', '"loss":NaN');
  let isLogged = false;
  const logged = server.data("bulk_log", body).then(() => {
    isLogged = true;
  });
  let answers = 0;
  for (; !isLogged; answers += 1) await (await fetch(`${server.url}/version`)).text();
  await logged;
  expect(answers).toBeGreaterThan(3);
  const [journal] = readFolder(server.folder);
  expect(journal!.records.map(({ step }) => step)).toEqual(logs.map((_, step) => step));
});

test("of a body that ends in the midst of an entry the others are logged, and that one is kept", async () => {
  const server = await TrackioServer.start();
  const logs = Array.from({ length: 3_000 }, (_, step) => entry({ at: "x" }, { step }));
  const body = JSON.stringify({ hf_token: null, logs });
  await server.data("bulk_log", body.slice(0, -20));
  expect(readFolder(server.folder)[0]!.records).toHaveLength(2_999);
  const line = readFileSync(server.folder.unreadableFile, "utf8");
  expect(JSON.parse(line)).toMatchObject({
    why: "an entry without an end",
    given: JSON.stringify(logs.at(-1)).slice(0, -18),
  });
});
