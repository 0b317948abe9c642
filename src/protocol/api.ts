/**
 * The read API of the server, version 1, as schemas: the server checks with
 * them, the OpenAPI document is made from them, the page takes their types
 * (`import type` only, so that no validator lands in the browser).
 *
 *     GET  /api/v1/projects                         → ProjectList
 *     GET  /api/v1/projects/{project}/runs          → RunList
 *     GET  /api/v1/projects/{project}/runs/{run}    → Run (id or name)
 *     POST /api/v1/projects/{project}/metrics       MetricsQuery → MetricTable
 *     POST /api/v1/projects/{project}/series        SeriesRequest → SeriesFrame (application/octet-stream)
 *     POST /api/v1/projects/{project}/media         MediaQuery → MediaTable: what there is
 *     POST /api/v1/projects/{project}/media/steps   MediaOfKey → MediaSteps
 *     POST /api/v1/projects/{project}/media/items   MediaItemsQuery → MediaItems
 *     POST /api/v1/projects/{project}/table         TableQuery → TableRows: rows, sorted and filtered
 *     POST /api/v1/projects/{project}/table.csv     TableQuery, also as a form field `query` → text/csv, all rows
 *     GET  /api/v1/projects/{project}/files         → FileList
 *     GET  /api/v1/blobs/{hash}[?name=…]            → the bytes, with ranges; with a name, as a download
 *     PUT  /api/v1/blobs/{hash}?state=…             bytes → BlobReceived
 *     POST /api/v1/blobs/missing                    BlobHashes → MissingBlobs: which are not here
 *     POST /api/v1/journals/{project}/{run}/{writer}?offset=…   bytes → JournalSize: of a journal that is written elsewhere
 *     GET  /api/v1/journals/{project}/{run}/{writer}            → JournalSize
 *     GET  /api/v1/events[?project=…]               → text/event-stream: first `hello` with {missed}, then `change` with ChangeEvent,
 *                                                     and `reading` with ReadingEvent while a folder of Trackio for Python is read
 */

import { z } from "zod";

const ms = z.number().describe("epoch milliseconds");
const json: z.ZodType<unknown> = z.unknown();

export const projectSchema = z.object({
  key: z.string().describe("canonical spelling; any spelling is accepted in a path"),
  name: z.string(),
  runCount: z.int(),
  runningCount: z.int().describe("running now; lost runs are not counted"),
  createdAt: ms,
  updatedAt: ms,
});
export const projectListSchema = z.object({ projects: z.array(projectSchema) });

export const runStatusSchema = z.enum(["running", "finished", "failed", "lost", "idle"]);
export const runSchema = z.object({
  id: z.string(),
  project: z.string(),
  name: z.string(),
  number: z.int().describe("0, 1, 2, … in its project; decides colour and dash"),
  group: z.string().optional(),
  tags: z.array(z.string()).optional(),
  notes: z.string().optional(),
  createdAt: ms,
  updatedAt: ms,
  endedAt: ms.optional(),
  status: runStatusSchema,
  reason: z.string().optional().describe("why it failed, e.g. SIGINT"),
  error: z.string().optional().describe("the error's own text"),
  recordCount: z.int(),
  lastStep: z.number().optional(),
  damagedLines: z.int(),
  config: z.record(z.string(), json),
  summary: z.record(z.string(), json).describe("what the script set itself"),
});
export const runListSchema = z.object({ runs: z.array(runSchema).describe("newest first") });

export const metricsQuerySchema = z.object({ runs: z.array(z.string()).max(10_000) });
/** A finite number, or one of the words that JSON lacks. */
export const looseNumberSchema = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);
export const metricSchema = z.object({
  key: z.string(),
  runs: z
    .array(z.int())
    .describe(
      "indexes into the query's runs that have this metric; the lists below are parallel to it",
    ),
  count: z.array(z.int()),
  last: z.array(looseNumberSchema),
  lastStep: z.array(looseNumberSchema),
  min: z.array(looseNumberSchema),
  max: z.array(looseNumberSchema),
  mean: z.array(looseNumberSchema),
  nan: z.array(z.int()),
  posInf: z.array(z.int()),
  negInf: z.array(z.int()),
});
export const metricTableSchema = z.object({ metrics: z.array(metricSchema) });

export const axisSchema = z
  .enum(["step", "relative", "wall"])
  .describe(
    "step as logged; relative: seconds since the run was created; wall: epoch milliseconds",
  );
export const seriesRequestSchema = z.object({
  runs: z.array(z.string()).min(1).max(10_000),
  keys: z
    .array(z.string())
    .min(1)
    .max(10_000)
    .describe("every key of every run is read; series without points are left out"),
  axis: axisSchema.default("step"),
  from: z.number().optional().describe("inclusive, in the axis's unit"),
  to: z.number().optional(),
  buckets: z
    .union([
      z.int().min(1).max(10_000),
      z.object({ origin: z.number(), width: z.number().positive() }),
    ])
    .default(1_000)
    .describe("at most so many buckets over what is in range, or a grid of an earlier answer"),
});

export const changeEventSchema = z.object({
  project: z.string(),
  /** Empty: everything of the project is to be read again. */
  runs: z.array(
    z.object({
      id: z.string(),
      step: z
        .number()
        .optional()
        .describe("lowest new step: what is shown from here on is to be read again"),
      time: ms.optional().describe("lowest new time"),
      newKeys: z.boolean().describe("the run has keys that it did not have"),
      media: z.boolean().optional().describe("there are new pictures, videos, tables or files"),
      facts: z.boolean().describe("the run is new, gone, or its status, config or summary changed"),
    }),
  ),
});

/** How far the first reading of what Trackio for Python wrote into the folder has come; the last one has `done` equal to `total`. */
export const readingEventSchema = z.object({
  done: z.int().describe("rows that were read"),
  total: z.int(),
});

export const mediaKindSchema = z.enum(["image", "video", "audio", "table", "file"]);
export const mediaQuerySchema = z.object({ runs: z.array(z.string()).max(10_000) });
export const mediaTableSchema = z.object({
  media: z
    .array(
      z.object({
        key: z.string(),
        kind: mediaKindSchema,
        runs: z
          .array(z.int())
          .describe("indexes into the query's runs that have it; the lists below are parallel"),
        itemCount: z.array(z.int()),
        stepCount: z.array(z.int()),
        mostAtOnce: z.array(z.int()).describe("items of the step that has most"),
        firstStep: z.array(z.number()),
        lastStep: z.array(z.number()),
        lastTime: z.array(ms),
      }),
    )
    .describe("by key as first logged"),
});

export const mediaOfKeySchema = z.object({
  key: z.string(),
  kind: mediaKindSchema,
  runs: z.array(z.string()).min(1).max(10_000),
});
export const mediaStepsSchema = z.object({
  runs: z
    .array(z.object({ run: z.string(), steps: z.array(z.number()) }))
    .describe("rising steps, each once; runs without any are left out"),
});
export const mediaItemsQuerySchema = mediaOfKeySchema.extend({
  from: z.number().optional().describe("lowest step, inclusive"),
  to: z.number().optional().describe("highest step, inclusive"),
  limit: z.int().min(1).max(10_000).default(200).describe("a step is never cut"),
  before: z.number().optional().describe("only steps below this one: `next` of the answer before"),
});
export const mediaItemsSchema = z.object({
  items: z
    .array(
      z.object({
        run: z.int().describe("index into the query's runs"),
        step: z.number(),
        time: ms,
        index: z.int().describe("place among the items of the step"),
        fields: json.describe(
          "blob, type, bytes, and what is known: width, height, frames, fps, caption",
        ),
      }),
    )
    .describe("newest step first"),
  next: z.number().optional().describe("`before` for the rest; absent where this was all"),
});

export const tableColumnTypeSchema = z.enum([
  "number",
  "bigint",
  "boolean",
  "string",
  "date",
  "json",
]);
export const tableFilterSchema = z.object({
  column: z.int().optional().describe("place in `columns`; absent: any column"),
  op: z
    .enum(["contains", "=", "!=", "<", "<=", ">", ">=", "empty", "not empty"])
    .default("contains"),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
});
export const tableQuerySchema = z.object({
  key: z.string(),
  sources: z
    .array(
      z.object({
        run: z.string(),
        step: z.number().optional().describe("as it stood at this step; absent: the newest"),
        index: z.int().min(0).optional(),
      }),
    )
    .min(1)
    .max(100)
    .describe("tables that are read as one, one after the other"),
  sort: z
    .object({
      column: z
        .int()
        .min(-1)
        .describe("place in `columns`; -1: row number, sources beside each other"),
      descending: z.boolean().default(false),
    })
    .optional(),
  filters: z.array(tableFilterSchema).max(20).default([]).describe("all of them have to hold"),
  columns: z.array(z.int().min(0)).optional().describe("cells of these columns only; absent: all"),
  from: z.int().min(0).default(0),
  count: z.int().min(0).max(1_000).default(100),
  whole: z
    .boolean()
    .default(false)
    .describe("texts in full, instead of their first 500 characters"),
});
export const tableRowsSchema = z.object({
  columns: z
    .array(z.object({ name: z.string(), type: tableColumnTypeSchema }))
    .describe("of all sources, by name, in the order in which they come"),
  sources: z.array(
    z.object({
      run: z.string(),
      step: z
        .number()
        .optional()
        .describe("absent where the run has no such table up to the step asked for"),
      rowCount: z.int(),
      missingRows: z.int().describe("rows that were logged and are lost"),
    }),
  ),
  totalCount: z.int().describe("rows of all sources"),
  rowCount: z.int().describe("rows that the filters leave"),
  from: z.int(),
  rows: z.array(
    z.object({
      source: z.int(),
      row: z.int().describe("place in its table"),
      cells: z
        .array(json)
        .describe(
          'in the form of journal lines ({"$":"NaN"}, {"$":"date",…}, {"$":"image",…}); a text that is cut: {"$":"cut","v":"its beginning","length":n}',
        ),
    }),
  ),
});

export const fileListSchema = z.object({
  files: z.array(
    z.object({ path: z.string(), blob: z.string(), type: z.string(), bytes: z.int(), time: ms }),
  ),
});

export const journalSizeSchema = z.object({
  size: z.int().describe("bytes of the journal that are here, in whole lines"),
});

const blobHash = z.string().regex(/^[0-9a-f]{64}$/);
export const blobHashesSchema = z.object({ hashes: z.array(blobHash).max(1_000) });
export const missingBlobsSchema = z.object({ missing: z.array(blobHash) });
export const blobReceivedSchema = z.object({ size: z.int().describe("bytes that came") });

/** As Trackio for Python has it; its clients look at `api_version`. */
export const versionSchema = z.object({
  version: z.string(),
  api_version: z.literal(1),
  api_transport: z.literal("http"),
  mcp_enabled: z.literal(false),
  mcp_path: z.null(),
  writes_paused: z.literal(false),
});

export const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string().describe("the value, the place, the remedy"),
  }),
});

export type Project = z.infer<typeof projectSchema>;
export type ReadingEvent = z.infer<typeof readingEventSchema>;
export type ProjectList = z.infer<typeof projectListSchema>;
export type Run = z.infer<typeof runSchema>;
export type RunList = z.infer<typeof runListSchema>;
export type MetricsQuery = z.infer<typeof metricsQuerySchema>;
export type Metric = z.infer<typeof metricSchema>;
export type MetricTable = z.infer<typeof metricTableSchema>;
export type Axis = z.infer<typeof axisSchema>;
export type SeriesRequest = z.input<typeof seriesRequestSchema>;
export type MediaTable = z.infer<typeof mediaTableSchema>;
export type MediaOfKey = z.infer<typeof mediaOfKeySchema>;
export type MediaSteps = z.infer<typeof mediaStepsSchema>;
export type MediaItemsQuery = z.input<typeof mediaItemsQuerySchema>;
export type MediaItems = z.infer<typeof mediaItemsSchema>;
export type TableFilter = z.input<typeof tableFilterSchema>;
export type TableQuery = z.input<typeof tableQuerySchema>;
export type TableRows = z.infer<typeof tableRowsSchema>;
export type FileList = z.infer<typeof fileListSchema>;
export type Version = z.infer<typeof versionSchema>;
export type ChangeEvent = z.infer<typeof changeEventSchema>;
