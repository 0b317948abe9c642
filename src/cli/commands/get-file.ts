import { statSync } from "node:fs";
import { join } from "node:path";
import { TrackioError } from "../../protocol/errors.ts";
import type { ProjectFile } from "../../store/media-reads.ts";
import { copyWhole, findBlobFile, printFile } from "../blob-file.ts";
import { fileRecord } from "../file-record.ts";
import { formatBytes } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { openData } from "../open-data.ts";
import { getFile, getProject } from "../select.ts";
import type { Terminal } from "../terminal.ts";
import type { ProjectOptions } from "./options.ts";

/** `trackio get file`: the bytes of a saved file; as JSON what is known of it, and where it was written. */
export async function getSavedFile(
  terminal: Terminal,
  path: string,
  options: ProjectOptions & {
    readonly output?: string;
  },
): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const project = await getProject(data, options.project);
  const file = await getFile(data, project, path);
  const output = options.output === undefined ? undefined : outputOf(file, options.output);
  if (output === undefined && !options.json) refuseBinary(terminal, file);
  const inPlace = `${project.key}/files/${file.path}`;
  const from = await findBlobFile(data, file.blob, `File '${file.path}'`, inPlace);
  if (output !== undefined) await copyWhole(from, output);
  if (options.json) {
    const facts = { project: project.name, ...fileRecord(file), output: output ?? null };
    await terminal.print(jsonDocument(facts));
  } else if (output === undefined) await printFile(terminal, from);
  else terminal.note(`Wrote ${formatBytes(statSync(output).size)} to ${output}.\n`);
}

/** In a folder a file gets the last part of its name. */
function outputOf(file: ProjectFile, output: string): string {
  const isFolder = statSync(output, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? join(output, file.path.split("/").at(-1)!) : output;
}

/** @throws {@link TrackioError} `invalid_argument` where a terminal would be given what no terminal shows. */
function refuseBinary(terminal: Terminal, { path, type }: ProjectFile): void {
  const isText = /^text\/|json|yaml|xml|javascript/.test(type);
  if (terminal.width === undefined || isText) return;
  throw new TrackioError(
    "invalid_argument",
    `'${path}' is ${type}, which a terminal cannot show; name a file to write with --output.`,
  );
}
