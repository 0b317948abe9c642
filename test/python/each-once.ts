import { expect } from "vitest";
import type { EndlessScript } from "./endless-scripts.ts";
import type { ServerProcess } from "./server-process.ts";
import { readStoredCalls } from "./stored-calls.ts";
import { readUnsentCalls } from "./unsent-calls.ts";

/** Stops the scripts, ends the server, and counts: 0, 1, 2, … each once, at its own step. */
export async function expectEachOnce(
  server: ServerProcess,
  scripts: readonly EndlessScript[],
): Promise<void> {
  const logged = await Promise.all(scripts.map((script) => script.stop()));
  await server.kill("SIGTERM");
  for (const [i, script] of scripts.entries()) {
    const { calls, steps } = await readStoredCalls(server, script.name);
    // What the Python client still keeps may have arrived already; what it does not keep has to be here.
    const unsent = script.name === "python" ? await readUnsentCalls(script) : [];
    const arrived = new Set(calls);
    const expected = Array.from({ length: logged[i]! }, (_, call) => call).filter(
      (call) => arrived.has(call) || !unsent.includes(call),
    );
    expect(calls, script.name).toEqual(expected);
    expect(steps, script.name).toEqual(expected);
    // Nearly all of it is here: the test is not passed by a client that sends nothing.
    expect(calls.length, script.complaints).toBeGreaterThan(logged[i]! / 2);
  }
}
