import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TOKEN, TrackioServer } from "./testing/trackio-server.ts";

async function postForm(server: TrackioServer, body: string) {
  const response = await fetch(`${server.url}/api/upload`, {
    method: "POST",
    body,
    headers: { "x-trackio-write-token": TOKEN, "content-type": "multipart/form-data; boundary=x" },
  });
  const answer = (await response.json()) as { readonly paths?: string[]; readonly error?: string };
  return { status: response.status, ...answer };
}

function headOf(field: string): string {
  return `--x\r\ncontent-disposition: form-data; name="${field}"; filename="a"\r\n\r\n`;
}

test("a form that breaks off is refused, wherever it does, and the server goes on", async () => {
  const server = await TrackioServer.start();
  for (const field of ["files", "other"]) {
    const head = headOf(field);
    for (const body of [head, `${head}abc`, `${head}abc\r\n--x`, `${head}abc\r\n${head}`]) {
      expect(await postForm(server, body)).toMatchObject({
        status: 400,
        error: expect.stringContaining("cannot be read"),
      });
    }
  }
  expect(await server.upload("abc", "a.txt")).toMatch(/^\/uploads\//);
});

test("of files of which there are too many, none is dropped without a word, and none stays", async () => {
  const server = await TrackioServer.start();
  const part = `${headOf("files")}abc\r\n`;
  const taken = await postForm(server, `${part.repeat(1_000)}--x--\r\n`);
  expect(taken.paths).toHaveLength(1_000);
  const refused = await postForm(server, `${part.repeat(1_001)}--x--\r\n`);
  expect(refused).toMatchObject({
    status: 400,
    error: "The form has more than 1000 files; send fewer at once.",
  });
  const { uploadsPath } = server.folder;
  const stored = () => (existsSync(uploadsPath) ? readdirSync(uploadsPath).length : 0);
  await expect.poll(stored, { timeout: 20_000 }).toBe(1_000);
});

test("where no file can be stored, the client is told and the server goes on", async () => {
  const server = await TrackioServer.start();
  const { uploadsPath } = server.folder;
  writeFileSync(uploadsPath, "in the way");
  for (const part of ["abc", "x".repeat(1_000_000)]) {
    const refused = await postForm(server, `${headOf("files")}${part}\r\n--x--\r\n`);
    expect(refused.status).toBe(500);
  }
  rmSync(uploadsPath);
  expect(await server.upload("abc", "a.txt")).toMatch(/^\/uploads\//);
});
