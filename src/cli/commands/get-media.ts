/** `trackio get media`: the pictures, videos, sounds and other files under a key, listed or written as files. */

import { mkdirSync } from "node:fs";
import { extname, join } from "node:path";
import { TrackioError } from "../../protocol/errors.ts";
import type { RunId } from "../../protocol/ids.ts";
import type { Json } from "../../protocol/json.ts";
import type { ImageFields, MediaKind } from "../../protocol/media.ts";
import type { MediaItem } from "../../store/media-reads.ts";
import type { ProjectInfo } from "../../store/store.ts";
import { copyWhole, findBlobFile, findBlobSize } from "../blob-file.ts";
import { endingOf } from "../file-ending.ts";
import { formatBytes, formatQuantity, isoTime } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { type OpenData, openData } from "../open-data.ts";
import { GET_MEDIA, getMediaKinds, getProject, getRun } from "../select.ts";
import { formatTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import type { RunOptions } from "./options.ts";

const PAGE_ITEMS = 1_000;

interface LoggedItem {
  readonly item: MediaItem;
  readonly fields: ImageFields;
  /** Where it was written. */
  readonly output?: string;
  /** Why it could not be written. */
  readonly error?: TrackioError;
}

export async function getMediaItems(
  terminal: Terminal,
  options: RunOptions & {
    readonly key: string;
    readonly step?: number;
    readonly output?: string;
  },
): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const project = await getProject(data, options.project);
  const run = await getRun(data, project, options.run);
  const kinds = await getMediaKinds(data, project, run, options.key, GET_MEDIA);
  const ofKinds: LoggedItem[][] = [];
  for (const kind of kinds) ofKinds.push(await readItems(data, project, run.id, kind, options));
  const found = ofKinds.flat().sort((a, b) => a.item.step - b.item.step);
  const items = options.output === undefined ? found : await writeAll(data, found, options.output);
  if (options.json) {
    const facts = { project: project.name, run: run.name, run_id: run.id, key: options.key };
    await terminal.print(jsonDocument({ ...facts, items: items.map(toRecord) }));
  } else if (items.length === 0) terminal.note("None there.\n");
  else if (options.output === undefined) await terminal.print(toTable(items, terminal.width));
  else {
    const count = items.filter(({ output }) => output !== undefined).length;
    terminal.note(`Wrote ${formatQuantity(count, "file")} to ${options.output}.\n`);
  }
  refuseMissing(items);
}

/** All items of a kind, or those of one step. */
async function readItems(
  data: OpenData,
  project: ProjectInfo,
  run: RunId,
  kind: MediaKind,
  { key, step }: { readonly key: string; readonly step?: number },
): Promise<LoggedItem[]> {
  const range = step === undefined ? {} : { from: step, to: step };
  const query = { project: project.key, key, kind, runs: [run], limit: PAGE_ITEMS, ...range };
  const items: LoggedItem[] = [];
  let before: number | undefined;
  for (;;) {
    const page = await data.store.readMedia({ ...query, ...(before !== undefined && { before }) });
    for (const item of page) items.push({ item, fields: await fieldsOf(data, item) });
    before = page.at(-1)?.step;
    if (before === undefined) return items;
  }
}

/** Its fields, with its size where that was not known when it was logged: a Trackio client sends its files afterwards. */
async function fieldsOf(data: OpenData, { media }: MediaItem): Promise<ImageFields> {
  const fields = media.fields as ImageFields;
  if (fields.bytes > 0 || fields.path === undefined) return fields;
  const bytes = await findBlobSize(data, fields.blob, fields.path);
  return bytes === undefined ? fields : { ...fields, bytes };
}

/**
 * Writes each into the folder, named after its step, and after its place where a
 * step has several. One that is not there keeps no other back.
 */
async function writeAll(
  data: OpenData,
  items: readonly LoggedItem[],
  folder: string,
): Promise<LoggedItem[]> {
  if (items.length > 0) mkdirSync(folder, { recursive: true });
  const perStep = Map.groupBy(items, ({ item }) => item.step);
  const written: LoggedItem[] = [];
  for (const [step, some] of perStep) {
    for (const [place, logged] of some.entries()) {
      const name = some.length === 1 ? String(step) : `${step}-${place}`;
      written.push(await write(data, logged, join(folder, name)));
    }
  }
  return written;
}

async function write(data: OpenData, logged: LoggedItem, path: string): Promise<LoggedItem> {
  const { item, fields } = logged;
  let from: string;
  try {
    const what = `The ${item.media.kind} at step ${item.step}`;
    from = await findBlobFile(data, fields.blob, what, fields.path);
  } catch (error) {
    if (!(error instanceof TrackioError)) throw error;
    return { ...logged, error };
  }
  const output = path + (endingOf(from, fields.type) || extname(fields.path ?? ""));
  await copyWhole(from, output);
  return { ...logged, output };
}

/** @throws {@link TrackioError} the first item's that could not be written. */
function refuseMissing(items: readonly LoggedItem[]): void {
  const errors = items.flatMap(({ error }) => error ?? []);
  const [first] = errors;
  if (first === undefined) return;
  const others = formatQuantity(errors.length - 1, "other");
  const beside = errors.length === 1 ? "" : ` So it is with ${others}; --json tells each.`;
  throw new TrackioError(first.code, first.message + beside);
}

function toRecord({ item, fields, output, error }: LoggedItem): { [key: string]: Json } {
  const { step, time, index, media } = item;
  return {
    step,
    index,
    timestamp: isoTime(time),
    kind: media.kind,
    ...(fields as unknown as { [key: string]: Json }),
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error: error.message }),
  };
}

function toTable(items: readonly LoggedItem[], width: number | undefined): string {
  return formatTable(
    [
      { title: "Step", align: "right" },
      { title: "Place", align: "right" },
      { title: "Type" },
      { title: "Size", align: "right" },
      { title: "Caption", canShrink: true },
    ],
    items.map(({ item, fields }) => [
      String(item.step),
      String(item.index),
      fields.type,
      formatBytes(fields.bytes),
      fields.caption ?? "",
    ]),
    width,
  );
}
