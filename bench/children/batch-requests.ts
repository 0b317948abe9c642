/**
 * Requests as Trackio clients send them, whole and made beforehand: the one
 * who sends them does nothing but write bytes, so that a bench measures the
 * server. A request is the copy of a template in which ids and steps, which
 * have a fixed width, are written over.
 */

import { randomUUID } from "node:crypto";

export interface BatchShape {
  /** Where it is sent, e.g. `http://127.0.0.1:7860`. */
  readonly url: string;
  readonly token: string;
  readonly project: string;
  readonly run: string;
  /** Entries, i.e. `log()` calls, in a batch. */
  readonly entries: number;
  /** Scalars in an entry. */
  readonly scalars: number;
}

const DIGITS = 12;
const FIRST_STEP = 1_000_000;
/** Batches whose numbers differ; what comes after has them again. */
const TEMPLATES = 8;

/** @returns `count` HTTP requests, to be sent one after the other on one connection. */
export function makeBatchRequests(shape: BatchShape, count: number): Buffer[] {
  const run = { ...shape, runId: hexId() };
  const templates = Array.from({ length: TEMPLATES }, () => new Template(run));
  return Array.from({ length: count }, (_, batch) =>
    templates[batch % TEMPLATES]!.request(batch * shape.entries),
  );
}

class Template {
  readonly #bytes: Buffer;
  readonly #idPlaces: readonly number[];
  readonly #stepPlaces: readonly number[];

  constructor(shape: BatchShape & { readonly runId: string }) {
    const idStart = hexId().slice(DIGITS);
    const logs = Array.from({ length: shape.entries }, () => ({
      project: shape.project,
      run: shape.run,
      run_id: shape.runId,
      metrics: Object.fromEntries(
        Array.from({ length: shape.scalars }, (_, i) => [`train/metric-${i}`, Math.random()]),
      ),
      step: FIRST_STEP,
      config: null,
      log_id: idStart + "0".repeat(DIGITS),
    }));
    const body = JSON.stringify({ args: [], kwargs: { hf_token: null, logs } });
    const { host } = new URL(shape.url);
    const head = [
      "POST /api/bulk_log HTTP/1.1",
      `Host: ${host}`,
      "Accept: */*",
      "Connection: keep-alive",
      `X-Trackio-Write-Token: ${shape.token}`,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
    ];
    const text = `${head.join("\r\n")}\r\n\r\n${body}`;
    this.#bytes = Buffer.from(text, "latin1");
    this.#idPlaces = placesAfter(text, `"log_id":"${idStart}`);
    this.#stepPlaces = placesAfter(text, `"step":`);
  }

  /** The batch whose entries have the numbers from `first` on. */
  request(first: number): Buffer {
    const bytes = Buffer.from(this.#bytes);
    for (let entry = 0; entry < this.#idPlaces.length; entry += 1) {
      bytes.write(String(first + entry).padStart(DIGITS, "0"), this.#idPlaces[entry]!, "latin1");
      bytes.write(String(FIRST_STEP + first + entry), this.#stepPlaces[entry]!, "latin1");
    }
    return bytes;
  }
}

function placesAfter(text: string, mark: string): number[] {
  return Array.from(text.matchAll(RegExp(mark, "g")), ({ index }) => index + mark.length);
}

function hexId(): string {
  return randomUUID().replaceAll("-", "");
}
