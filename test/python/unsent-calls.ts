import { type EndlessScript, PROJECT } from "./endless-scripts.ts";
import { RunningPython } from "./python.ts";

/** Says which calls the package has kept on its own machine, still to be sent: nobody's loss, and not on a server. */
const QUESTION = `
import json
from trackio.sqlite_storage import SQLiteStorage
pending = SQLiteStorage.get_pending_logs("${PROJECT}")
print(json.dumps([entry["metrics"]["call"] for entry in pending["logs"]] if pending else []))
`;

/** The numbers of the calls that a Python script keeps for a later run to send. */
export async function readUnsentCalls(script: EndlessScript): Promise<number[]> {
  const env = { TRACKIO_DIR: `${script.home}/client-data` };
  await using running = new RunningPython(["-c", QUESTION], { env });
  const { code, stdout, stderr } = await running.ended();
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as number[];
}
