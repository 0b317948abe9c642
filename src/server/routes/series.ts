import { SERIES_FRAME_TYPE } from "../../protocol/series-frame-codec.ts";
import { type Operation, readBody } from "../operation.ts";
import { freeWhenSent } from "../respond.ts";
import { projectOf } from "./project-of.ts";

export const readSeries: Operation = {
  method: "post",
  path: "/api/v1/projects/{project}/series",
  id: "readSeries",
  summary: "Many series in one binary answer, at the cost of its buckets",
  body: "seriesRequestSchema",
  answer: {
    contentType: SERIES_FRAME_TYPE,
    description:
      "A series frame, little-endian: u32 magic 0x31465354 ('TSF1'); u32 length of the header; the header as JSON " +
      "{grid: {origin, width}, extent?: {from, to}, exact, runs: [string], keys: [string], columns, series}, padded to 8 bytes; " +
      "`columns` entries of u32 form, u32 offset, u32 length, u32 0, f64 base, f64 scale; " +
      "`series` entries of u32 run, u32 key, u32 length and the numbers of 12 columns (index, firstX, lastX, first, last, " +
      "min, max, mean, count, nan, posInf, negInf; 0xffffffff: empty), padded to 8 bytes; then the columns, each padded to 8, offsets from here. " +
      "Forms: 0 every entry is base; 1, 2, 3 base + u8, u16, u32; 4 f64; 5 base + scale · u16 / 65535; " +
      "6 base + scale · f, where a u16 is 5 bits of exponent e and 11 of mantissa m: f = (1 + m / 2048) · 2^(e − 30), " +
      "0 where it is 0, and e = 31 is NaN, +Infinity, −Infinity for m = 0, 1, 2.",
  },
  handle: async (c, server) => {
    const request = await readBody(c, "seriesRequestSchema");
    const question = { ask: "series", ...projectOf(c), request } as const;
    const bytes = await server.reader.ask(question, c.req.raw.signal);
    freeWhenSent(c, bytes);
    return c.body(bytes, 200, {
      "content-type": SERIES_FRAME_TYPE,
      "content-length": String(bytes.length),
      "cache-control": "no-store",
    });
  },
};
