/** `trackio get table`: all rows of a logged table, as CSV or JSON, piece by piece. */

import { BlobFolder } from "../../media/blob-folder.ts";
import { tableQuerySchema } from "../../protocol/api.ts";
import { TrackioError } from "../../protocol/errors.ts";
import type { RunId } from "../../protocol/ids.ts";
import type { TableQuestion } from "../../server/reading/question.ts";
import { exportTable, readTable, type TablePlaces } from "../../server/reading/read-table.ts";
import { openOutput } from "../export/output.ts";
import { formatQuantity } from "../format.ts";
import { storedToPlainJson } from "../json-text.ts";
import { openData } from "../open-data.ts";
import { GET_TABLE, getMediaKinds, getProject, getRun } from "../select.ts";
import type { Terminal } from "../terminal.ts";
import type { RunOptions } from "./options.ts";

const PAGE_ROWS = 1_000;

export async function getTable(
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
  const { key, step } = options;
  await getMediaKinds(data, project, run, key, GET_TABLE);
  const at = step === undefined ? {} : { step };
  const table = await data.store.findTable(project.key, run.id, key, at);
  if (table === undefined) {
    const text = `Run '${run.name}' has no table '${key}' up to step ${step}.`;
    throw new TrackioError("not_found", text);
  }
  const places = { store: data.store, blobs: new BlobFolder(data.folder) };
  // A table that is logged meanwhile is not mixed into this one.
  const asked = {
    project: project.key,
    asWritten: project.name,
    run: run.id,
    key,
    step: table.step,
  };
  const facts = { project: project.name, run: run.name, run_id: run.id, key, step: table.step };
  const output = openOutput(terminal, options.output);
  try {
    const pieces = options.json ? jsonPieces(places, asked, facts) : csvPieces(places, asked);
    for await (const piece of pieces) await output.write(piece);
    await output.finish();
  } catch (error) {
    await output.abandon();
    throw error;
  }
  if (table.missingRows > 0) {
    terminal.note(`${formatQuantity(table.missingRows, "row")} of it went lost.\n`);
  }
}

interface Asked {
  readonly project: TableQuestion["project"];
  readonly asWritten: string;
  readonly run: RunId;
  readonly key: string;
  readonly step: number;
}

function questionOf({ project, asWritten, run, key, step }: Asked, from: number): TableQuestion {
  const query = { key, sources: [{ run, step }], from, count: PAGE_ROWS, whole: true };
  return { ask: "table", project, asWritten, query: tableQuerySchema.parse(query) };
}

function csvPieces(places: TablePlaces, asked: Asked): AsyncIterable<string> {
  return exportTable(places, questionOf(asked, 0));
}

/** `{…facts, "columns": [{"name", "type"}], "rows": [[cells]]}`. */
async function* jsonPieces(
  places: TablePlaces,
  asked: Asked,
  facts: { readonly [key: string]: string | number },
): AsyncGenerator<string> {
  const first = await readTable(places, questionOf(asked, 0));
  const members = Object.entries({ ...facts, columns: first.columns });
  yield `{\n${members.map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`).join("")}  "rows": [`;
  let from = 0;
  for (let page = first; page.rows.length > 0; ) {
    const lines = page.rows.map(({ cells }) => JSON.stringify(storedToPlainJson(cells as never)));
    yield `${from === 0 ? "\n" : ",\n"}    ${lines.join(",\n    ")}`;
    from += page.rows.length;
    page = await readTable(places, questionOf(asked, from));
  }
  yield from === 0 ? "]\n}\n" : "\n  ]\n}\n";
}
