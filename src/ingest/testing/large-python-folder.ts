import { PythonDatabase } from "./python-database.ts";

export interface LargeFolderSize {
  readonly projects: number;
  readonly runs: number;
  readonly rowsPerRun: number;
  readonly keys: number;
}

/** A folder with so many runs, spread evenly over the projects; of every four runs that follow each other the rows are mixed. */
export function writeLargePythonFolder(root: string, size: LargeFolderSize): void {
  const perProject = size.runs / size.projects;
  const beginMs = Date.UTC(2026, 0, 1);
  for (let project = 0; project < size.projects; project++) {
    using database = new PythonDatabase(root, `project-${project}`);
    for (let first = 0; first < perProject; first += 4) {
      const runs = Array.from({ length: Math.min(4, perProject - first) }, (_, i) => {
        const number = first + i;
        return { id: `${project}-${number}`.padStart(32, "0"), name: `run-${number}`, number };
      });
      for (const run of runs) database.config(run, { lr: run.number / 1000 }, beginMs);
      for (let from = 0; from < size.rowsPerRun; from += 100) {
        const count = Math.min(100, size.rowsPerRun - from);
        for (const run of runs) {
          database.log(
            run,
            Array.from({ length: count }, (_, i) => ({
              step: from + i,
              time: beginMs + run.number * 3_600_000 + (from + i) * 1000,
              metrics: metricsAt(from + i, size.keys),
            })),
          );
        }
      }
    }
  }
}

function metricsAt(step: number, keys: number): { [key: string]: number } {
  const metrics: { [key: string]: number } = {};
  for (let key = 0; key < keys; key++) {
    metrics[`train/metric_${key}`] = Math.exp(-step / 5_000) + 0.1 * Math.random() + key;
  }
  return metrics;
}
