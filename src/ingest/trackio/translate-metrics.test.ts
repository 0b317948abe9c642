import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trackioFileHash } from "../../media/trackio-file-hash.ts";
import type { Json } from "../../protocol/json.ts";
import type { BlobHash } from "../../protocol/media.ts";
import { decodeValue } from "../../protocol/values.ts";
import { formatExactJson, parseExactJson } from "./exact-json.ts";
import { objectOf } from "./exact-json-parser.ts";
import { GiveBack, giveBackConfig, giveBackValue } from "./give-back.ts";
import { jsonTexts } from "./testing/json-texts.ts";
import { translateMetrics } from "./translate-metrics.ts";
import { traceId } from "./translate-trace.ts";

class Texts {
  readonly kept = new Map<string, string>();
  readonly keep = (text: string): BlobHash => {
    const hash = createHash("sha256").update(text).digest("hex");
    this.kept.set(hash, text);
    return hash as BlobHash;
  };
  readonly read = (hash: BlobHash) => this.kept.get(hash);
}

/** What came, through a journal and back. */
function roundTrip(metrics: string): string {
  const texts = new Texts();
  const translated = translateMetrics(parseExactJson(metrics), texts.keep)!;
  const { keys, values } = JSON.parse(JSON.stringify(translated)) as typeof translated;
  // Whatever reads our values must be able to.
  for (const value of values) decodeValue(value);
  return formatExactJson(objectOf(new GiveBack(keys, texts.read).members(values)), "text");
}

function translate(metrics: string) {
  return translateMetrics(parseExactJson(metrics), new Texts().keep)!;
}

describe("what a Trackio client logs", () => {
  test("nested objects become paths, and texts that say NaN numbers", () => {
    const { keys, values } = translate(
      '{"loss":0.5,"train":{"acc":0.9,"deep":{"x":"NaN"},"none":{}},"bad":"-Infinity","lst":[1,"NaN"],"n":null}',
    );
    expect(keys).toEqual([
      "loss",
      ["train", "acc"],
      ["train", "deep", "x"],
      ["train", "none"],
      "bad",
      "lst",
      "n",
    ]);
    expect(values).toEqual([0.5, 0.9, { $: "NaN" }, {}, { $: "-Infinity" }, [1, "NaN"], null]);
  });

  test.for([
    '{"loss":0.5,"train":{"acc":0.9,"nan":"NaN"},"bad":"NaN","flag":true,"txt":"hello","lst":[1,2,"NaN"],"__step":7}',
    '{"big":18446744073709551615,"min":-9223372036854775808,"z":-0.0}',
    '{"b":1,"10":2,"9":{"2":1,"1":{"x":[{"b":1,"1":2}]}},"a":0}',
    '{"__proto__":1,"":2,"a":{"__proto__":{"x":1},"":{}}}',
    '{"$":1,"a":{"$":"NaN","v":2},"b":[{"$":"image"}]}',
    '{"a/b":1,"a":{"b":2}}',
    '{"e\\u0301":1,"\\u00e9":2,"\\u0000":3}',
    '{"h":{"_type":"trackio.histogram","bins":[0,0.5,1],"values":[1,2]},"m":{"_type":"trackio.markdown","_value":"# hi"}}',
    '{"p":{"_type":"trackio.image","file_path":"mnist/a/6/2953.png","caption":null}}',
    '{"p":{"_type":"trackio.image","file_path":"mnist\\\\a\\\\6\\\\2953.png","caption":"a cat","extra":[9007199254740993]}}',
    '{"p":{"_type":"trackio.object3d","file_path":"p/a/0/x.ply","caption":null,"format":"ply","kind":"mesh"}}',
    '{"p":{"_type":"trackio.image","file_path":"../../etc/passwd","caption":null}}',
    '{"p":{"_type":"trackio.video"},"q":{"_type":5,"a":{"b":1}},"r":{"_type":null}}',
    '{"t":{"_type":"trackio.table","_value":[{"b":1,"a":"x","pic":{"_type":"trackio.image","file_path":"p/a/0/1.png","caption":null}},{"a":"NaN","c":[1,9007199254740993]}]}}',
    '{"t":{"_type":"trackio.table","_value":[{"1":1,"0":2}],"more":true},"u":{"_type":"trackio.table","_value":[]},"v":{"_type":"trackio.table","_value":[1]}}',
    "{}",
  ])("comes back as it came: %s", (metrics) => {
    expect(roundTrip(metrics)).toBe(formatExactJson(parseExactJson(metrics)!, "text"));
  });

  test("any object comes back as it came", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), jsonTexts), { maxLength: 6 }), (members) => {
        const metrics = `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}`;
        expect(roundTrip(metrics)).toBe(formatExactJson(parseExactJson(metrics)!, "text"));
      }),
      { numRuns: 500 },
    );
  });

  test("a NaN is null in an answer where it is the value of a key itself, and a text where it is nested", () => {
    const { keys, values } = translate(
      '{"bad":"NaN","train":{"nan":"NaN"},"bare":Infinity,"l":[NaN]}',
    );
    const back = objectOf(new GiveBack(keys, () => undefined).members(values));
    expect(formatExactJson(back)).toBe(
      '{"bad":null,"train":{"nan":"NaN"},"bare":null,"l":["NaN"]}',
    );
    expect(formatExactJson(giveBackConfig({ lr: "NaN", opt: { eps: "NaN" } }))).toBe(
      '{"lr":null,"opt":{"eps":"NaN"}}',
    );
  });

  test.for(["[]", "1", "null", '"text"'])("what is no object is not translated: %s", (text) => {
    expect(translateMetrics(parseExactJson(text), new Texts().keep)).toBeUndefined();
  });

  test("what is nested more than 500 levels deep is not translated", () => {
    const nest = (levels: number) => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect(translate(nest(499))).toBeDefined();
    expect(translate(nest(500))).toBeUndefined();
    expect(translate(nest(100_000))).toBeUndefined();
  });
});

describe("media", () => {
  test("are our own kinds, named by their path", () => {
    const { values } = translate(
      '{"p":{"_type":"trackio.image","file_path":"mnist/a/6/2953.png","caption":"a cat"},"v":{"_type":"trackio.video","file_path":"m/a/0/x.gif","caption":null},"h":{"_type":"trackio.html","file_path":"m/a/0/x.html","caption":null}}',
    );
    expect(values).toEqual([
      {
        $: "image",
        v: {
          blob: trackioFileHash("mnist/a/6/2953.png"),
          type: "image/png",
          bytes: 0,
          path: "mnist/a/6/2953.png",
          caption: "a cat",
        },
      },
      {
        $: "video",
        v: {
          blob: trackioFileHash("m/a/0/x.gif"),
          type: "image/gif",
          bytes: 0,
          path: "m/a/0/x.gif",
        },
      },
      {
        $: "file",
        v: {
          blob: trackioFileHash("m/a/0/x.html"),
          type: "text/html",
          bytes: 0,
          path: "m/a/0/x.html",
          trackio: { _type: "trackio.html", file_path: "m/a/0/x.html", caption: null },
        },
      },
    ]);
  });

  test("a table names its columns, its rows and the pictures in it", () => {
    const texts = new Texts();
    const given =
      '{"t":{"_type":"trackio.table","_value":[{"b":1,"pic":{"_type":"trackio.image","file_path":"p/a/0/1.png","caption":null}},{"b":"NaN","s":"x"}]}}';
    const [value] = translateMetrics(parseExactJson(given), texts.keep)!.values;
    const [blob] = [...texts.kept.keys()];
    expect(value).toEqual({
      $: "table",
      v: {
        table: blob!.slice(0, 32),
        columns: [
          { name: "b", type: "number" },
          { name: "pic", type: "json" },
          { name: "s", type: "string" },
        ],
        before: 0,
        parts: [{ blob, rows: 2 }],
        blobs: [trackioFileHash("p/a/0/1.png")],
      },
    });
  });
});

describe("traces", () => {
  const trace = (text: string, more = "") =>
    `{"_type":"trackio.trace","messages":[{"role":"user","content":"${text}"}],"metadata":{}${more}}`;

  test("leave the record; other items of their list stay", () => {
    const metrics = `{"loss":1,"t":${trace("a", ',"spans":[]')},"l":[${trace("b")},5,${trace("c")}],"only":[${trace("d")}],"empty":[]}`;
    const { keys, values, traces } = translate(metrics);
    expect(keys).toEqual(["loss", "l", "empty"]);
    expect(values).toEqual([1, [5], []]);
    expect(traces.map(({ key, index }) => [key, index])).toEqual([
      ["t", undefined],
      ["l", 0],
      ["l", 2],
      ["only", 0],
    ]);
    expect(traces[0]!.body).toEqual({
      messages: [{ role: "user", content: "a" }],
      metadata: {},
      spans: [],
    });
    expect(traces.map((item) => traceId("r", "x", item))).toEqual([
      "r:x:t",
      "r:x:l:0",
      "r:x:l:2",
      "r:x:only:0",
    ]);
  });

  test("pictures in them are pictures, and come back as they came", () => {
    const picture: Json = { _type: "trackio.image", file_path: "p/a/0/1.png", caption: null };
    const given = { t: { _type: "trackio.trace", messages: [{ content: [picture] }] } };
    const { body } = translate(JSON.stringify(given)).traces[0]!;
    expect(JSON.stringify(body)).toContain('{"$":"image"');
    expect(giveBackValue(body, () => undefined)).toEqual({ messages: [{ content: [picture] }] });
  });
});
