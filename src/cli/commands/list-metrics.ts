import { jsonDocument } from "../json-text.ts";
import { formatMetrics } from "../metric-table.ts";
import { openData } from "../open-data.ts";
import { byKey, metricRecord } from "../run-record.ts";
import { getProject, getRun } from "../select.ts";
import type { Terminal } from "../terminal.ts";
import type { RunOptions } from "./options.ts";

/** `trackio list metrics`: by name, as JSON `{"project", "run", "metrics": [names], "records": [summaries]}`. */
export async function listMetrics(terminal: Terminal, options: RunOptions): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const project = await getProject(data, options.project);
  const run = await getRun(data, project, options.run);
  const metrics = byKey(await data.store.listMetrics(project.key, [run.id]));
  if (options.json) {
    await terminal.print(
      jsonDocument({
        project: project.name,
        run: run.name,
        run_id: run.id,
        metrics: metrics.map((metric) => metric.key),
        records: metrics.map(metricRecord),
      }),
    );
  } else if (metrics.length === 0) {
    terminal.note(`Run '${run.name}' has logged no numbers.\n`);
  } else {
    await terminal.print(formatMetrics(metrics, terminal.width));
  }
}
