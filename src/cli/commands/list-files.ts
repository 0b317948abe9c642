import { fileRecord } from "../file-record.ts";
import { formatBytes, formatTime } from "../format.ts";
import { jsonDocument } from "../json-text.ts";
import { openData } from "../open-data.ts";
import { getProject } from "../select.ts";
import { formatTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import type { ProjectOptions } from "./options.ts";

/** `trackio list files`: what `save()` kept, by path, as JSON `{"project", "files": [paths], "records": [facts]}`. */
export async function listFiles(terminal: Terminal, options: ProjectOptions): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const project = await getProject(data, options.project);
  const files = await data.store.listFiles(project.key);
  if (options.json) {
    const paths = files.map(({ path }) => path);
    const document = { project: project.name, files: paths, records: files.map(fileRecord) };
    await terminal.print(jsonDocument(document));
  } else if (files.length === 0) {
    terminal.note(`Project '${project.name}' keeps no files; save() in a script keeps one.\n`);
  } else {
    await terminal.print(
      formatTable(
        [
          { title: "File", canShrink: true },
          { title: "Type" },
          { title: "Size", align: "right" },
          { title: "Saved" },
        ],
        files.map((file) => [file.path, file.type, formatBytes(file.bytes), formatTime(file.time)]),
        terminal.width,
      ),
    );
  }
}
