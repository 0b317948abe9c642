import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { entry, TrackioServer } from "../trackio-api/testing/trackio-server.ts";

const PROJECT = "my.proj";
const RUN = { project: PROJECT, run: "run A", run_id: "a1" };

type Row = { readonly [key: string]: unknown };

describe("files by their path", () => {
  const get = (server: TrackioServer, path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/file?path=${path}`, { headers });

  async function withFiles(): Promise<TrackioServer> {
    const server = await TrackioServer.start();
    const media = join(server.folder.root, "media", "p", "run", "0");
    mkdirSync(media, { recursive: true });
    writeFileSync(join(media, "page.html"), "<html><script>1</script></html>");
    writeFileSync(join(media, "data.db"), "secret");
    writeFileSync(join(server.folder.root, "secret.txt"), "secret");
    symlinkSync(join(server.folder.root, "secret.txt"), join(media, "link.txt"));
    symlinkSync(server.folder.root, join(media, "up"));
    return server;
  }

  test("what Python put there is sent in a sandbox, by ranges, once", async () => {
    const server = await withFiles();
    const whole = await get(server, "/media/p/run/0/page.html");
    expect(whole.status).toBe(200);
    expect(whole.headers.get("content-type")).toBe("text/html");
    expect(whole.headers.get("x-content-type-options")).toBe("nosniff");
    expect(whole.headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none'/);
    const part = await get(server, "/media/p/run/0/page.html", { range: "bytes=1-4" });
    expect([part.status, await part.text()]).toEqual([206, "html"]);
    const etag = whole.headers.get("etag")!;
    expect((await get(server, "/media/p/run/0/page.html", { "if-none-match": etag })).status).toBe(
      304,
    );
  });

  test("what was uploaded for a record is found by the path in it", async () => {
    const server = await TrackioServer.start();
    const value = { _type: "trackio.image", file_path: "myproj/run A/0/x.png", caption: null };
    await server.data("bulk_log", { logs: [entry({ pic: value })], hf_token: null });
    expect((await get(server, "/media/myproj/run A/0/x.png")).status).toBe(404);
    const path = await server.upload("png bytes", "x.png");
    const upload = {
      ...RUN,
      step: 0,
      relative_path: null,
      uploaded_file: { path, orig_name: "x.png" },
    };
    await server.data("bulk_upload_media", { uploads: [upload], hf_token: null });
    const found = await get(server, "/media/myproj/run A/0/x.png");
    expect([found.status, await found.text()]).toEqual([200, "png bytes"]);
    const saved = await server.upload("lr: 1", "c.yaml");
    const file = { project: PROJECT, run: null, run_id: null, step: null, relative_path: "conf" };
    const uploads = [{ ...file, uploaded_file: { path: saved, orig_name: "c.yaml" } }];
    await server.data("bulk_upload_media", { uploads, hf_token: null });
    const [listed] = await server.data<Row[]>("get_project_files", { project: PROJECT });
    expect(listed).toEqual({
      name: "conf/c.yaml",
      path: "/media/myproj/files/conf/c.yaml",
      size: 5,
    });
    expect(await (await get(server, String(listed!.path))).text()).toBe("lr: 1");
  });

  test("a blob that is not here but lies in the folder is sent to whoever knows its path", async () => {
    const server = await withFiles();
    const path = "p/run/0/page.html";
    const hash = createHash("sha256").update("trackio-file\0").update(path).digest("hex");
    const blob = (asked: string) =>
      fetch(`${server.url}/api/v1/blobs/${hash}?path=${encodeURIComponent(asked)}`);
    expect((await blob(path)).status).toBe(200);
    expect((await blob("p/run/0/link.txt")).status).toBe(404);
    expect((await fetch(`${server.url}/api/v1/blobs/${hash}`)).status).toBe(404);
  });

  test("nothing else is", async () => {
    const server = await withFiles();
    const attacks = [
      ...[
        "/etc/passwd",
        "/media/../secret.txt",
        "/media/%2e%2e/secret.txt",
        "/media/%252e%252e/secret.txt",
      ],
      ...["/media/p/run/0/link.txt", "/media/p/run/0/up/secret.txt", "/media/p/run/0/data.db"],
      ...["/media/p/run/0", "/media", "/media/", "/media/p/run/0/page.html%00.png", "secret.txt"],
      ...[
        "/media//p/run/0/page.html",
        "/media/p/run/0/..%5c..%5csecret.txt",
        `${server.folder.root}/secret.txt`,
      ],
      ...["file:///etc/passwd", "/media/p/files/..%2f..%2f..%2fsecret.txt", "/media/%ff"],
    ];
    for (const path of attacks) {
      const answer = await get(server, path);
      expect([answer.status, await answer.text()], path).toEqual([404, "Not found"]);
    }
    const without = await fetch(`${server.url}/file`);
    expect([without.status, await without.text()]).toEqual([400, "Missing path"]);
  });
});
