import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { readFolder } from "../../journal/testing/read-all.ts";
import { trackioFileHash } from "../../media/trackio-file-hash.ts";
import { entry, TOKEN, TrackioServer } from "./testing/trackio-server.ts";

const RUN = { project: "my.proj", run_id: "a1" };
/** Machines may be busy. */
const LONG = { timeout: 20_000 };
type Row = { readonly [key: string]: unknown };

describe("uploads", () => {
  test("a file of a run is found by the path that its records name", async () => {
    const server = await TrackioServer.start();
    const path = await server.upload("the bytes", "29539413.png");
    expect(path).toMatch(/^\/uploads\/[\w-]{24}\.png$/);
    const upload = {
      ...{ project: "my.proj", run: "run A", run_id: "a1", step: 6, relative_path: null },
      uploaded_file: { path, meta: { _type: "gradio.FileData" }, orig_name: "29539413.png" },
    };
    expect(await server.data("bulk_upload_media", { uploads: [upload], hf_token: null })).toBe(
      null,
    );
    const hash = trackioFileHash("myproj/run A/6/29539413.png");
    const response = await fetch(`${server.url}/api/v1/blobs/${hash}`);
    expect([response.status, await response.text()]).toEqual([200, "the bytes"]);
    expect(server.uploads()).toEqual([]);
    expect(await server.call("bulk_upload_media", { uploads: [upload] })).toMatchObject({
      status: 400,
      error: "Uploaded file was not created by this Trackio server.",
    });
  });

  test("pictures and tables of a client are shown by our own pages", async () => {
    const server = await TrackioServer.start();
    const picture = { _type: "trackio.image", file_path: "myproj/run A/0/1.png", caption: "cat" };
    const table = {
      _type: "trackio.table",
      _value: [
        { score: 0.5, pic: picture },
        { score: "NaN", note: "x" },
      ],
    };
    await server.data("bulk_log", { logs: [entry({ picture, table })] });
    // Waits until it is folded.
    await server.data("get_logs", RUN);
    const project = `${server.url}/api/v1/projects/myproj`;
    const post = async (path: string, body: unknown) => {
      const response = await fetch(project + path, { method: "POST", body: JSON.stringify(body) });
      return (await response.json()) as Row;
    };
    expect(JSON.stringify(await post("/media", { runs: ["a1"] }))).toMatch(
      /"picture".*"image".*"table".*"table"/,
    );
    const query = { key: "table", sources: [{ run: "a1" }] };
    const image = {
      $: "image",
      v: {
        blob: trackioFileHash("myproj/run A/0/1.png"),
        type: "image/png",
        bytes: 0,
        path: "myproj/run A/0/1.png",
        caption: "cat",
      },
    };
    expect(await post("/table", query)).toMatchObject({
      columns: [
        { name: "score", type: "number" },
        { name: "pic", type: "json" },
        { name: "note", type: "string" },
      ],
      rows: [{ cells: [0.5, image, null] }, { cells: [{ $: "NaN" }, null, "x"] }],
    });
  });

  test("a path that was not given out is refused", async () => {
    const server = await TrackioServer.start();
    for (const [uploadedFile, error] of [
      [{ path: import.meta.filename }, "Uploaded file was not created by this Trackio server."],
      [{ path: "/uploads/../store.db" }, "Uploaded file was not created by this Trackio server."],
      [{ path: "" }, "Expected uploaded file metadata with a valid path."],
      [null, "Expected uploaded file metadata with a valid path."],
    ] as const) {
      const upload = {
        project: "p",
        run: "r",
        step: 0,
        relative_path: null,
        uploaded_file: uploadedFile,
      };
      expect(await server.call("bulk_upload_media", { uploads: [upload] })).toMatchObject({
        status: 400,
        error,
      });
    }
  });

  test("files that the project keeps have their own names, none of which leads anywhere", async () => {
    const server = await TrackioServer.start();
    for (const [relative, name] of [
      [".", "a.txt"],
      ["sub", "c.yaml"],
      ["sub/deep/d.yaml", "d.yaml"],
      ["../../etc", "passwd"],
      [null, "..\\..\\evil.txt"],
      [7, ".."],
      ["/abs", "b.txt"],
    ] as const) {
      const path = await server.upload(`content of ${name}`, "x/../../y.txt");
      const upload = {
        project: "p",
        run: null,
        run_id: null,
        step: null,
        relative_path: relative,
        uploaded_file: { path, orig_name: name },
      };
      expect((await server.call("bulk_upload_media", { uploads: [upload] })).status).toBe(200);
    }
    const files = readFolder(server.folder).flatMap(({ events }) =>
      events.flatMap(({ file }) => file ?? []),
    );
    expect(files.map(({ path }) => path.replace(/upload-\w+/, "upload-…"))).toEqual([
      ...[
        "a.txt",
        "sub/c.yaml",
        "sub/deep/d.yaml",
        "passwd",
        "evil.txt",
        "7/trackio-upload-…",
        "abs/b.txt",
      ],
    ]);
  });

  test("a form in the middle of which the client goes away leaves nothing", async () => {
    const server = await TrackioServer.start();
    const going = new AbortController();
    const head = '--x\r\ncontent-disposition: form-data; name="files"; filename="a.bin"\r\n\r\n';
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from(head)),
      async pull(controller) {
        await setImmediate();
        controller.enqueue(new Uint8Array(100_000));
        if (server.uploads().length > 0) going.abort();
      },
    });
    const request = fetch(`${server.url}/api/upload`, {
      method: "POST",
      body,
      duplex: "half",
      signal: going.signal,
      headers: {
        "x-trackio-write-token": TOKEN,
        "content-type": "multipart/form-data; boundary=x",
      },
    } as RequestInit);
    await expect(request).rejects.toThrow();
    await expect.poll(() => server.uploads(), LONG).toEqual([]);
  });

  test("what is no form has no files; what was never asked for goes with the server", async () => {
    const server = await TrackioServer.start();
    for (const body of ["", "text"]) {
      expect(JSON.parse((await server.call("upload", body)).text)).toEqual({ paths: [] });
    }
    await server.upload("never asked for", "a.txt");
    expect(server.uploads()).toHaveLength(1);
    await server.stop();
    expect(server.uploads()).toEqual([]);
  });
});
