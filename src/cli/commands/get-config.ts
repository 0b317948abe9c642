import { storedFacts } from "../config-facts.ts";
import { jsonDocument, storedToPlainJson } from "../json-text.ts";
import { openData } from "../open-data.ts";
import { getProject, getRun } from "../select.ts";
import { formatFacts } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import type { RunOptions } from "./options.ts";

/** `trackio get config`: nested names joined by `/`; as JSON `{"project", "run", "run_id", "config"}`. */
export async function getConfig(terminal: Terminal, options: RunOptions): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const project = await getProject(data, options.project);
  const run = await getRun(data, project, options.run);
  if (options.json) {
    await terminal.print(
      jsonDocument({
        project: project.name,
        run: run.name,
        run_id: run.id,
        config: storedToPlainJson(run.config),
      }),
    );
    return;
  }
  const facts = storedFacts(run.config);
  if (facts.length === 0) terminal.note(`Run '${run.name}' has no config.\n`);
  else await terminal.print(formatFacts(facts));
}
