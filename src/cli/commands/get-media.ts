/** `trackio get media`: the pictures, videos and sounds under a key, listed or written as files. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { RunId } from "../../protocol/ids.ts";
import type { ImageFields, MediaKind } from "../../protocol/media.ts";
import type { Json } from "../../protocol/values.ts";
import type { MediaItem, ProjectInfo } from "../../store/store.ts";
import { copyWhole, findBlobFile } from "../blob-file.ts";
import { endingOf } from "../file-ending.ts";
import { formatBytes, formatQuantity, isoTime } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { type OpenData, openData } from "../open-data.ts";
import { GET_MEDIA, getMediaKinds, getProject, getRun } from "../select.ts";
import { formatTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";

const PAGE_ITEMS = 1_000;

interface LoggedItem {
  readonly item: MediaItem;
  readonly fields: ImageFields;
  /** Where it was written. */
  readonly output?: string;
}

export async function getMediaItems(
  terminal: Terminal,
  options: {
    readonly dir?: string;
    readonly json?: boolean;
    readonly project?: string;
    readonly run: string;
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
  else terminal.note(`Wrote ${formatQuantity(items.length, "file")} to ${options.output}.\n`);
}

/** All items of a kind, or those of one step. */
async function readItems(
  { store }: OpenData,
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
    const page = await store.readMedia({ ...query, ...(before !== undefined && { before }) });
    for (const item of page) items.push({ item, fields: item.media.fields as ImageFields });
    before = page.at(-1)?.step;
    if (before === undefined) return items;
  }
}

/** Writes each into the folder, named after its step, and after its place where a step has several. */
async function writeAll(
  data: OpenData,
  items: readonly LoggedItem[],
  folder: string,
): Promise<LoggedItem[]> {
  mkdirSync(folder, { recursive: true });
  const perStep = Map.groupBy(items, ({ item }) => item.step);
  const written: LoggedItem[] = [];
  for (const [step, some] of perStep) {
    for (const [place, logged] of some.entries()) {
      const { blob, type } = logged.fields;
      const what = `The ${logged.item.media.kind} at step ${step}`;
      const from = await findBlobFile(data, blob, what);
      const name = some.length === 1 ? String(step) : `${step}-${place}`;
      const output = join(folder, name + endingOf(from, type));
      await copyWhole(from, output);
      written.push({ ...logged, output });
    }
  }
  return written;
}

function toRecord({ item, fields, output }: LoggedItem): { [key: string]: Json } {
  const { step, time, index, media } = item;
  return {
    step,
    index,
    timestamp: isoTime(time),
    kind: media.kind,
    ...(fields as unknown as { [key: string]: Json }),
    ...(output !== undefined && { output }),
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
