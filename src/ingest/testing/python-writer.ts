/**
 * A process that writes into a folder as Python does: a connection for each
 * batch, and the last one moves the log into the file.
 *
 *     hold ROOT      one run with 100 rows in the log, then waits to be killed
 *     write ROOT MS  batches without pause for so long; tells how long the slowest took
 */

import { setTimeout as delay } from "node:timers/promises";
import { PythonDatabase } from "./python-database.ts";

const [mode, root, limitMs] = process.argv.slice(2) as [string, string, string?];
const run = { id: "f".repeat(32), name: "written" };

if (mode === "hold") {
  const database = new PythonDatabase(root, "held");
  database.log(
    run,
    Array.from({ length: 100 }, (_, step) => ({ step, metrics: { loss: step } })),
  );
  process.stdout.write("ready\n");
  await delay(60_000);
} else {
  process.stdout.write("ready\n");
  const untilMs = performance.now() + Number(limitMs);
  let slowestMs = 0;
  let step = 0;
  for (; performance.now() < untilMs; step += 10) {
    const beganMs = performance.now();
    const database = new PythonDatabase(root, "written");
    database.log(
      run,
      Array.from({ length: 10 }, (_, i) => ({ step: step + i, metrics: { loss: step + i } })),
    );
    database.close();
    slowestMs = Math.max(slowestMs, performance.now() - beganMs);
    await delay(5);
  }
  process.stdout.write(`${JSON.stringify({ rows: step, slowestMs })}\n`);
}
