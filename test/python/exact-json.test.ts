import fc from "fast-check";
import { describe } from "vitest";
import { formatExactJson, parseExactJson } from "../../src/ingest/trackio/exact-json.ts";
import { jsonTexts } from "../../src/ingest/trackio/testing/json-texts.ts";
import { python, pythonTest } from "./python.ts";

describe("exact JSON", () => {
  pythonTest("what is parsed is what Python's parser gives", async () => {
    const samples = fc.sample(jsonTexts, 400);
    const script = `
import json, sys, math
def same(a, b):
    if isinstance(a, dict): return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list): return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and not math.isfinite(a): return b == {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(a)]
    if isinstance(a, bool) or isinstance(b, bool) or a is None or isinstance(a, str): return a is b or (type(a) == type(b) and a == b)
    return a == b and math.copysign(1, a) == math.copysign(1, b)
for given, ours in json.loads(${JSON.stringify(JSON.stringify(samples.map((text) => [text, formatExactJson(parseExactJson(text)!, "text")])))}):
    assert same(json.loads(given), json.loads(ours)), (given, ours)
`;
    await python(script);
  });
});
