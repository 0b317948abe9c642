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
 *     GET  /api/v1/events[?project=…]               → text/event-stream: first `hello` with {missed}, then `change` with ChangeEvent
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

export const runStatusSchema = z.enum(["running", "finished", "failed", "lost"]);
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
      facts: z.boolean().describe("the run is new, gone, or its status, config or summary changed"),
    }),
  ),
});

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
export type ProjectList = z.infer<typeof projectListSchema>;
export type Run = z.infer<typeof runSchema>;
export type RunList = z.infer<typeof runListSchema>;
export type MetricsQuery = z.infer<typeof metricsQuerySchema>;
export type Metric = z.infer<typeof metricSchema>;
export type MetricTable = z.infer<typeof metricTableSchema>;
export type Axis = z.infer<typeof axisSchema>;
export type SeriesRequest = z.input<typeof seriesRequestSchema>;
export type Version = z.infer<typeof versionSchema>;
export type ChangeEvent = z.infer<typeof changeEventSchema>;
