import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkMayWrite, TokenAccess } from "./access.ts";

const TOKEN = "8Jr0_wVQ1x-3uE";
const READ = "read-me_1";
const open = new TokenAccess({ write: TOKEN });
const closed = new TokenAccess({ write: TOKEN, read: READ });

/** A request as it comes from a socket: with headers that a script could not set. */
function request(headers: { readonly [name: string]: string } = {}, query = ""): Request {
  const url = `http://127.0.0.1:7860/api/bulk_log${query}`;
  return new Request(url, { method: "POST", headers: { host: "127.0.0.1:7860", ...headers } });
}

const inHeader = { "x-trackio-write-token": TOKEN };
const inCookie = { cookie: `a=1; trackio_write_token=${TOKEN}; b=2` };
const inQuery = `?x=1&write_token=${TOKEN}`;

describe("writing", () => {
  test("needs the token: in a header, a cookie or a query parameter", () => {
    expect(open.mayWrite(request())).toBe(false);
    expect(open.mayWrite(request(inHeader))).toBe(true);
    expect(open.mayWrite(request(inCookie))).toBe(true);
    expect(open.mayWrite(request({}, inQuery))).toBe(true);
  });

  test("the first of header, cookie and parameter decides, even if it is wrong", () => {
    const wrongHeader = { "x-trackio-write-token": "wrong" };
    const wrongCookie = { cookie: "trackio_write_token=wrong" };
    expect(open.mayWrite(request({ ...wrongHeader, ...inCookie }, inQuery))).toBe(false);
    expect(open.mayWrite(request({ "x-trackio-write-token": "", ...inCookie }))).toBe(false);
    expect(open.mayWrite(request({ ...inHeader, ...wrongCookie }))).toBe(true);
    expect(open.mayWrite(request(wrongCookie, inQuery))).toBe(false);
    expect(open.mayWrite(request(inCookie, "?write_token=wrong"))).toBe(true);
    const twice = { cookie: `trackio_write_token=wrong; trackio_write_token=${TOKEN}` };
    expect(open.mayWrite(request(twice))).toBe(false);
    expect(open.mayWrite(request({}, `?write_token=wrong&write_token=${TOKEN}`))).toBe(false);
  });

  test("a token that is not it never opens, however near, short, long or strange it is", () => {
    const near = [
      "",
      " ",
      TOKEN.slice(1),
      TOKEN.slice(0, -1),
      `${TOKEN}A`,
      TOKEN.toLowerCase(),
      `${TOKEN}\0`,
      TOKEN.repeat(2_000),
      "undefined",
      "null",
      "[object Object]",
    ];
    const strange = fc.oneof(fc.constantFrom(...near), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(strange, (token) => {
        const encoded = encodeURIComponent(token.toWellFormed());
        expect(open.mayWrite(request({}, `?write_token=${encoded}`))).toBe(token === TOKEN);
        expect(open.mayWrite(request({ cookie: `trackio_write_token=${encoded}` }))).toBe(false);
        expect(open.mayWrite(request({ "x-trackio-write-token": encoded }))).toBe(false);
      }),
    );
    expect(open.mayWrite(request({ "x-trackio-write-token": "tökén" }))).toBe(false);
    expect(open.mayWrite(request({ cookie: "trackio_write_token=%E0%A4%A" }))).toBe(false);
  });

  test("a cookie counts as it is, and as a page writes it", () => {
    const access = new TokenAccess({ write: "a+b/c=~" });
    for (const cookie of ["a+b/c=~", encodeURIComponent("a+b/c=~")]) {
      expect(access.mayWrite(request({ cookie: `trackio_write_token=${cookie}` }))).toBe(true);
    }
  });

  test("is told how, where our own routes refuse it", () => {
    expect(() => checkMayWrite(open, request(inHeader))).not.toThrow();
    expect(() => checkMayWrite(open, request())).toThrow(/header x-trackio-write-token/);
  });
});

describe("a page of another origin", () => {
  const origins: { readonly [what: string]: { readonly [name: string]: string } } = {
    "of another site": { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    "of another port of this machine": {
      origin: "http://127.0.0.1:9000",
      "sec-fetch-site": "same-site",
    },
    "by its Origin alone": { origin: "http://192.168.1.7:7860" },
    "on another port, by its Origin alone": { origin: "http://127.0.0.1:80" },
    "in a sandbox": { origin: "null" },
    "in a sandbox that the browser names": { origin: "null", "sec-fetch-site": "cross-site" },
  };
  test.each(Object.entries(origins))("%s writes with the header alone", (_, headers) => {
    expect(open.mayWrite(request({ ...headers, ...inCookie }))).toBe(false);
    expect(open.mayWrite(request(headers, inQuery))).toBe(false);
    expect(open.mayWrite(request({ ...headers, ...inHeader }))).toBe(true);
  });

  test("our own page writes with the cookie, also behind a proxy that has another name", () => {
    const own = { origin: "http://127.0.0.1:7860" };
    expect(open.mayWrite(request({ ...own, ...inCookie }))).toBe(true);
    expect(open.mayWrite(request({ ...own, "sec-fetch-site": "same-origin", ...inCookie }))).toBe(
      true,
    );
    const proxied = { origin: "https://runs.example", "sec-fetch-site": "same-origin" };
    expect(open.mayWrite(request({ ...proxied, ...inCookie }))).toBe(true);
    const kept = { host: "runs.example", origin: "https://runs.example" };
    expect(open.mayWrite(request({ ...kept, ...inCookie }))).toBe(true);
  });

  test.each(["document", "iframe", "frame", "embed", "object", "image", "script"])(
    "no form, frame or picture writes with a cookie: %s",
    (dest) => {
      const headers = { "sec-fetch-dest": dest, "sec-fetch-site": "same-origin", ...inCookie };
      expect(open.mayWrite(request(headers))).toBe(false);
    },
  );

  test("a page in a frame has no right from its own address", () => {
    const frame = { "sec-fetch-dest": "iframe", "sec-fetch-site": "same-origin" };
    expect(open.mayWrite(request(frame, inQuery))).toBe(false);
    expect(closed.mayRead(request(frame, `?read_token=${READ}`))).toBe(false);
  });
});

describe("reading", () => {
  test("is open unless the server has a read token", () => {
    expect(open.mayRead(request())).toBe(true);
    expect(closed.mayRead(request())).toBe(false);
  });

  test("is opened by the read token, and by the write token, wherever it stands", () => {
    for (const right of [
      request({ "x-trackio-read-token": READ }),
      request({ cookie: `trackio_read_token=${READ}` }),
      request({}, `?read_token=${READ}`),
      request(inHeader),
      request(inCookie),
      request({}, inQuery),
    ]) {
      expect(closed.mayRead(right)).toBe(true);
    }
    for (const wrong of [
      request({ "x-trackio-read-token": TOKEN }),
      request({ cookie: "trackio_read_token=" }),
      request({}, "?read_token=wrong"),
      request({ "x-trackio-write-token": READ }),
    ]) {
      expect(closed.mayRead(wrong)).toBe(false);
    }
  });

  test("the read token never writes", () => {
    for (const headers of [
      { "x-trackio-write-token": READ },
      { "x-trackio-read-token": READ },
      { cookie: `trackio_write_token=${READ}; trackio_read_token=${READ}` },
    ]) {
      expect(closed.mayWrite(request(headers))).toBe(false);
    }
  });
});
