import { storedFacts } from "../config-facts.ts";
import { formatCount, formatNumber, formatTime } from "../format.ts";
import { jsonDocument, storedToPlainJson } from "../json-text.ts";
import { formatMetrics } from "../metric-table.ts";
import { openData } from "../open-data.ts";
import { byKey, metricRecord, type RunWithStatus, runRecord, withStatus } from "../run-record.ts";
import { getProject, getRun } from "../select.ts";
import { formatFacts } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import type { RunOptions } from "./options.ts";

/** `trackio get run`: as JSON upstream's `{"project", "run", "num_logs", "metrics", "config", "last_step"}` and what else is known. */
export async function getRunFacts(terminal: Terminal, options: RunOptions): Promise<void> {
  await using data = await openData(terminal, options.dir);
  const project = await getProject(data, options.project);
  const run = await getRun(data, project, options.run);
  const [known] = withStatus(data, [run], terminal.now());
  const metrics = byKey(await data.store.listMetrics(project.key, [run.id]));
  if (known === undefined) return;
  if (options.json) {
    const { id, name, ...facts } = runRecord(known);
    await terminal.print(
      jsonDocument({
        project: project.name,
        run: run.name,
        run_id: run.id,
        ...facts,
        ...(run.end?.error !== undefined && { error: run.end.error }),
        damaged_lines: run.damagedLines,
        metrics: metrics.map((metric) => metric.key),
        records: metrics.map(metricRecord),
        config: storedToPlainJson(run.config),
        summary: storedToPlainJson(run.summary),
      }),
    );
    return;
  }
  await terminal.print(formatFacts(describeRun(known, project.name)));
  const sections = [
    ["Config", formatFacts(storedFacts(run.config))],
    ["Summary", formatFacts(storedFacts(run.summary))],
    ["Metrics", metrics.length > 0 ? formatMetrics(metrics, terminal.width) : ""],
  ] as const;
  for (const [title, text] of sections) {
    if (text !== "") await terminal.print(`\n${title}\n${text}`);
  }
  if (run.end?.error !== undefined) await terminal.print(`\nError\n${run.end.error.trimEnd()}\n`);
}

/** Only facts that there are. */
function describeRun({ run, status }: RunWithStatus, project: string): [string, string][] {
  const facts: [string, string | undefined][] = [
    ["Project", project],
    ["Run", run.name],
    ["Id", run.id],
    ["Status", run.end?.reason === undefined ? status : `${status} (${run.end.reason})`],
    ["Started", formatTime(run.createdAt)],
    ["Ended", run.endedAt === undefined ? undefined : formatTime(run.endedAt)],
    ["Group", run.group],
    ["Tags", run.tags?.join(", ")],
    ["Notes", run.notes],
    ["Logs", formatCount(run.recordCount)],
    ["Last step", run.lastStep === undefined ? undefined : formatNumber(run.lastStep)],
    ["Damaged lines", run.damagedLines > 0 ? formatCount(run.damagedLines) : undefined],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}
