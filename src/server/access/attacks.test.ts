/** What docs/security.md promises, tried from outside against the real server. */

import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestFolder } from "../../ingest/testing/journals.ts";
import { type RunningServer, startServer } from "../start-server.ts";
import { askRaw, rawRequest, statusOf } from "../testing/raw-request.ts";
import { BATCH_CALLS } from "../trackio-api/batch-calls.ts";
import type { TrackioCall } from "../trackio-api/trackio-call.ts";
import { TRACKIO_CALLS } from "../trackio-api/trackio-calls.ts";

const CANARY = "canary-that-no-answer-may-hold";
let data: TestFolder;
let server: RunningServer;
const logged: string[] = [];

beforeAll(async () => {
  data = new TestFolder();
  writeFileSync(join(data.root, "outside.txt"), CANARY);
  mkdirSync(join(data.root, "media"));
  writeFileSync(join(data.root, "media", "inside.txt"), "a saved file");
  writeFileSync(join(data.root, "mnist.db"), CANARY);
  const { root } = data;
  const log = (line: string) => logged.push(line);
  server = await startServer({ root, port: 0, log, allowedHosts: ["runs.example"] });
});

afterAll(async () => {
  await server.close();
  data[Symbol.dispose]();
});

const ask = (line: string, headers?: { readonly [name: string]: string }, body?: string) =>
  askRaw(server.port, rawRequest(line, headers, body));

describe("DNS rebinding", () => {
  test.each([
    "evil.example",
    "evil.example:7860",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "localhost@evil.example",
    "evil.example#localhost",
    "",
    "[::1",
    "a b",
  ])("a request to the name %j is answered by nothing but its refusal", async (host) => {
    const answer = await ask("GET /api/v1/projects", { host });
    expect([400, 421]).toContain(statusOf(answer));
    expect(answer).not.toContain("projects");
  });

  test.each([
    "localhost",
    "LOCALHOST:1",
    "app.localhost",
    "127.0.0.1",
    "[::1]:7860",
    "10.0.0.7:80",
    "runs.example",
    "RUNS.EXAMPLE.:443",
  ])("a request to %s is answered", async (host) => {
    expect(statusOf(await ask("GET /api/v1/projects", { host }))).toBe(200);
  });

  test("two Host headers, and an absolute address that names another host, are refused", async () => {
    const two = rawRequest("GET /api/v1/projects", { Host: "evil.example" });
    expect([400, 421]).toContain(statusOf(await askRaw(server.port, two)));
    const absolute = await ask("GET http://evil.example/api/v1/projects");
    expect(statusOf(absolute)).toBe(421);
  });
});

describe("a page of another site", () => {
  const cookie = () => `trackio_write_token=${server.tokens.write}`;
  const log = JSON.stringify({
    project: "pwned",
    run: "x",
    logs: [{ project: "pwned", run: "x", run_id: "x1", metrics: { a: 1 }, step: 0 }],
    hf_token: null,
  });

  test.each([
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "application/json",
  ])("writes nothing with the cookie in a form or a simple request: %s", async (type) => {
    for (const from of [
      { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
      { origin: "http://localhost:9999", "sec-fetch-site": "same-site" },
      { origin: "null" },
    ]) {
      for (const name of ["bulk_log", "upload", "delete_run"]) {
        const headers = { ...from, "content-type": type, cookie: cookie() };
        const length = { "content-length": String(log.length) };
        const answer = await ask(`POST /api/${name}`, { ...headers, ...length }, log);
        expect(statusOf(answer)).toBe(400);
        expect(answer).toContain("write_token is required");
      }
    }
    expect(statusOf(await ask("GET /api/v1/projects/pwned/runs"))).toBe(404);
  });

  test("is told that it may ask nothing but to send journals and blobs, and never with cookies", async () => {
    const preflight = (path: string) =>
      ask(`OPTIONS ${path}`, {
        origin: "https://lab.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-trackio-write-token",
      });
    for (const path of ["/api/v1/journals/p/r/w", "/api/v1/blobs/missing"]) {
      const answer = await preflight(path);
      expect(statusOf(answer)).toBe(204);
      expect(answer.toLowerCase()).toContain(
        "access-control-allow-headers: content-type, x-trackio-write-token",
      );
      expect(answer.toLowerCase()).not.toContain("allow-credentials");
    }
    for (const path of ["/api/bulk_log", "/api/upload", "/api/v1/projects", "/file", "/"]) {
      expect((await preflight(path)).toLowerCase()).not.toContain("access-control-allow");
    }
  });

  test("reads nothing: no answer allows it, and none can be put into its page", async () => {
    const answer = await ask("GET /api/v1/projects", { origin: "https://evil.example" });
    expect(answer).not.toMatch(/access-control-allow-origin/i);
    expect(answer).toMatch(/cross-origin-resource-policy: same-origin/i);
    expect(answer).toMatch(/x-content-type-options: nosniff/i);
  });
});

describe("without the write token", () => {
  const CHANGES = [...TRACKIO_CALLS.filter(({ access }) => access !== "read"), ...BATCH_CALLS];
  const names = [...CHANGES.map(({ name }) => name), "upload"];
  const wrong = { "x-trackio-write-token": "wrong" };

  test("there are the calls of Trackio clients that change something", () => {
    expect(names).toEqual(
      expect.arrayContaining([
        "bulk_log",
        "bulk_alert",
        "delete_run",
        "rename_run",
        "artifact_log",
      ]),
    );
  });

  test.each(names)("%s changes nothing", async (name) => {
    const parameters = CHANGES.find((call) => call.name === name) as
      | Partial<TrackioCall>
      | undefined;
    const all = (parameters?.parameters ?? []).map((one) => [one.name, null]);
    const body = JSON.stringify(Object.fromEntries(all));
    const length = { "content-length": String(body.length) };
    for (const headers of [{}, wrong, { cookie: "trackio_write_token=" }]) {
      const answer = await ask(`POST /api/${name}`, { ...length, ...headers }, body);
      expect(statusOf(answer)).toBe(400);
      expect(answer).toContain("write_token is required");
    }
  });

  test.each([
    "POST /api/v1/journals/p/r/w?offset=0",
    "GET /api/v1/journals/p/r/w",
    "POST /api/v1/blobs/missing",
    `PUT /api/v1/blobs/${"0".repeat(64)}?state=given`,
  ])("%s answers 403", async (line) => {
    for (const headers of [{}, wrong]) {
      expect(statusOf(await ask(line, { "content-length": "2", ...headers }, "{}"))).toBe(403);
    }
  });
});

describe("a path that leads out", () => {
  const UPS = [
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..\\",
    "..%5c",
    "%252e%252e%252f",
    "....//",
  ];
  const TARGETS = ["outside.txt", "mnist.db", "store/write-token", "store/store.db", "etc/passwd"];
  const ENDS = ["", "%00", "%00.png", "?x=1", "#"];
  const PLACES = [
    "/",
    "/assets/",
    "/api/",
    "/api/v1/blobs/",
    "/api/v1/projects/",
    "/api/v1/journals/",
    "/media/",
    "/uploads/",
    "/file?path=/media/",
    "/file?path=/uploads/",
    "/file?path=",
    "/artifact_blob/",
    "/artifact_blob/p/",
  ];

  test("gets nobody at a file, whatever route and spelling it takes", async () => {
    const secret = server.tokens.write;
    const seen = new Set<number>();
    for (const place of PLACES) {
      for (const up of UPS) {
        for (const target of TARGETS) {
          for (const end of ENDS) {
            const answer = await ask(`GET ${place}${up.repeat(2)}${target}${end}`);
            seen.add(statusOf(answer));
            expect(answer).not.toContain(CANARY);
            expect(answer).not.toContain(secret);
            expect(answer).not.toContain("SQLite format 3");
            expect(answer).not.toContain("root:x:");
          }
        }
      }
    }
    expect([...seen].filter((status) => status >= 500 && status !== 503)).toEqual([]);
  }, 120_000);

  test("that is absolute gets nobody at a file", async () => {
    for (const path of [
      join(data.root, "outside.txt"),
      join(data.root, "mnist.db"),
      join(data.root, "store", "write-token"),
      `/media/../${basename(data.root)}/outside.txt`,
      "file:///etc/passwd",
      "//etc/passwd",
    ]) {
      for (const place of ["", "/file?path=", "/artifact_blob/p/", "/api/v1/blobs/"]) {
        for (const spelt of [
          path,
          encodeURIComponent(path),
          encodeURIComponent(encodeURIComponent(path)),
        ]) {
          const answer = await ask(`GET ${place}${spelt}`);
          expect(answer).not.toContain(CANARY);
          expect(answer).not.toContain(server.tokens.write);
          expect(answer).not.toContain("root:x:");
        }
      }
    }
  });
});

describe("what is sent", () => {
  test("makes no header of the answer: line breaks in an address are refused or written as text", async () => {
    for (const path of [
      "/?a=%0d%0aset-cookie:%20x=1",
      "/%0d%0aset-cookie:x=1",
      "/api/v1/blobs/x?name=%0d%0aset-cookie:x",
    ]) {
      const head = (await ask(`GET ${path}`)).split("\r\n\r\n", 1)[0];
      expect(head).not.toMatch(/^set-cookie/im);
    }
  });

  test("a header of 20 KB is refused, and the server goes on", async () => {
    expect(statusOf(await ask("GET /", { "x-long": "x".repeat(20_000) }))).toBe(431);
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`x-${i}`, "y"]));
    expect([200, 431, 503]).toContain(statusOf(await ask("GET /version", many)));
    expect(statusOf(await ask("GET /version"))).toBe(200);
  });

  test("a question of 600 KB is refused to who may only read, and read of who may write", async () => {
    const body = JSON.stringify({ args: [], kwargs: {}, more: "x".repeat(600 * 1024) });
    const length = { "content-length": String(body.length) };
    const refused = await ask("POST /api/get_all_projects", length, body);
    expect(refused === "" ? 400 : statusOf(refused)).toBe(400);
    const token = { "x-trackio-write-token": server.tokens.write };
    expect(statusOf(await ask("POST /api/get_all_projects", { ...length, ...token }, body))).toBe(
      200,
    );
  });

  test("a request that two servers could read in two ways is refused", async () => {
    const both = { "content-length": "4", "transfer-encoding": "chunked" };
    expect(statusOf(await ask("POST /api/get_all_projects", both, "0\r\n\r\n"))).toBe(400);
    const odd = { "transfer-encoding": "chunked, identity" };
    expect(statusOf(await ask("POST /api/get_all_projects", odd, "0\r\n\r\n"))).toBe(400);
    const two = `POST /api/x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab`;
    expect(statusOf(await askRaw(server.port, two))).toBe(400);
    const folded =
      "GET /version HTTP/1.1\r\nhost: localhost\r\nx-a: b\r\n c\r\nconnection: close\r\n\r\n";
    expect(await askRaw(server.port, folded)).not.toMatch(/^HTTP\/1\.1 5/);
  });

  test("keys such as __proto__ change nothing but themselves", async () => {
    const bodies = [
      '{"__proto__":{"polluted":1},"runs":[],"keys":[]}',
      '{"constructor":{"prototype":{"polluted":1}},"runs":["__proto__"],"keys":["constructor"]}',
      `{"args":[],"kwargs":{"__proto__":{"polluted":1},"project":"__proto__","run":"constructor","hf_token":null,"logs":[{"project":"proto","run":"__proto__","run_id":"__proto__","metrics":{"__proto__":{"polluted":1},"constructor":2},"config":{"__proto__":{"polluted":1}},"step":0}]}}`,
    ];
    const paths = [
      "/api/v1/projects/__proto__/series",
      "/api/v1/projects/constructor/tables",
      "/api/bulk_log",
      "/api/get_run_summary",
      "/api/__proto__",
      "/api/constructor",
    ];
    const token = { "x-trackio-write-token": server.tokens.write };
    for (const path of paths) {
      for (const body of bodies) {
        const length = { "content-length": String(Buffer.byteLength(body)), ...token };
        expect(await ask(`POST ${path}`, length, body)).toMatch(/^HTTP\/1\.1 \d{3}/);
      }
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { constructor: unknown }).constructor).toBe(Object);
  });

  test("no expression of ours takes long over a text that was made for it", async () => {
    const long = 7_000;
    const hard = [
      ["/", { host: `[${":".repeat(long)}` }],
      ["/", { host: `${"a.".repeat(long / 2)}!` }],
      ["/", { cookie: `${"trackio_write_token".repeat(300)};`.repeat(1) }],
      ["/", { cookie: ";=".repeat(long / 2) }],
      ["/", { accept: "text/".repeat(long / 5) }],
      ["/", { "accept-encoding": "gzip;q=".repeat(long / 7) }],
      ["/", { "if-none-match": `${'W/"'.repeat(long / 3)}` }],
      [`/api/v1/blobs/${"0".repeat(64)}`, { range: `bytes=${"0-,".repeat(long / 3)}` }],
      [`/${"%2e".repeat(long / 3)}`, {}],
      [`/${"a/".repeat(long / 2)}`, {}],
      [`/api/v1/projects/${"-".repeat(long)}/runs`, {}],
    ] as const;
    for (const [path, headers] of hard) {
      const beganAt = performance.now();
      await ask(`GET ${path}`, headers);
      expect(performance.now() - beganAt, path.slice(0, 40)).toBeLessThan(1_000);
    }
  });
});

describe("what tells of tokens and paths", () => {
  test("no file that others can read and no answer holds a token", async () => {
    const seen = await Promise.all(
      ["/", "/version", "/openapi.json", "/api/v1/version", "/api/v1/projects", "/server.json"].map(
        (path) => ask(`GET ${path}`),
      ),
    );
    for (const answer of seen) expect(answer).not.toContain(server.tokens.write);
    const { readFileSync } = await import("node:fs");
    expect(readFileSync(data.serverFile, "utf8")).not.toContain(server.tokens.write);
    expect(logged.join("\n")).not.toContain(server.tokens.write);
  });

  test("no answer holds a path of this machine", async () => {
    for (const path of [
      "/",
      "/version",
      "/api/v1/projects",
      "/api/v1/blobs/x",
      "/file?path=/media/x",
    ]) {
      expect(await ask(`GET ${path}`)).not.toContain(data.root);
    }
    for (const name of ["get_settings", "get_all_projects", "no_such_call"]) {
      const answer = await ask(`POST /api/${name}`, { "content-length": "2" }, "{}");
      expect(answer).not.toContain(data.root);
    }
  });
});
