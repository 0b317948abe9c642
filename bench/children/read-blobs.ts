/**
 * A page that shows many small pictures: asks for all of them in bursts of 60 over six connections, as a browser does.
 * Arguments: the server's URL, how many bursts, then the blobs. Tells how long each answer's first byte and all of it took.
 */

import { Agent, get } from "node:http";

const [url, bursts, ...blobs] = process.argv.slice(2) as [string, string, ...string[]];
const agent = new Agent({ keepAlive: true, maxSockets: 6 });
const firstByteMs: number[] = [];

function read(blob: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/api/v1/blobs/${blob}`, { agent }, (response) => {
      firstByteMs.push(performance.now() - beganAt);
      response.once("end", resolve).once("error", reject).resume();
    });
    let beganAt = performance.now();
    // From the moment at which it is its turn: what waits for a free connection is in the whole time.
    request.once("socket", () => {
      beganAt = performance.now();
    });
    request.once("error", reject);
  });
}

const beganAt = performance.now();
for (let burst = 0; burst < Number(bursts); burst += 1) {
  const asked = Array.from({ length: 60 }, (_, i) => blobs[(burst * 60 + i) % blobs.length]!);
  await Promise.all(asked.map(read));
}
process.send?.({ totalMs: performance.now() - beganAt, firstByteMs });
agent.destroy();
process.disconnect();
