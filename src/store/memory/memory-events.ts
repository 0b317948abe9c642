import type { ProjectKey, RunId } from "../../protocol/ids.ts";
import type { MediaRef } from "../../protocol/media.ts";
import type { Trace } from "../../protocol/run.ts";
import type { Step } from "../../protocol/step.ts";
import { mediaInJson } from "../media-in-records.ts";
import type { FoldBatch, RunAlert, RunTrace, TraceQuery } from "../store.ts";

interface Owned {
  readonly project: ProjectKey;
  readonly run: RunId;
  readonly id: string;
}

/** Alerts and traces of all runs, in the order in which they came, those of a run with the same id once. */
export class MemoryEvents {
  #alerts: (Owned & { readonly alert: RunAlert })[] = [];
  #traces: (Owned & { readonly trace: Trace })[] = [];

  take({ run, alerts = [], traces = [] }: FoldBatch): void {
    const owner = { project: run.projectKey, run: run.id };
    for (const alert of alerts) {
      const owned = { ...owner, id: alert.id };
      if (!this.#alerts.some((other) => isSame(other, owned))) {
        this.#alerts.push({ ...owned, alert: { run: run.id, ...alert } });
      }
    }
    for (const trace of traces) {
      const owned = { ...owner, id: trace.id };
      if (!this.#traces.some((other) => isSame(other, owned))) {
        this.#traces.push({ ...owned, trace });
      }
    }
  }

  remove(project: ProjectKey, run: RunId): void {
    const isOther = (owned: Owned) => owned.project !== project || owned.run !== run;
    this.#alerts = this.#alerts.filter(isOther);
    this.#traces = this.#traces.filter(isOther);
  }

  alerts(project: ProjectKey, runs?: readonly RunId[]): readonly RunAlert[] {
    return this.#alerts
      .filter((owned) => owned.project === project && (runs?.includes(owned.run) ?? true))
      .map(({ alert }) => alert)
      .toReversed()
      .sort((a, b) => b.time - a.time);
  }

  traces(query: TraceQuery): readonly RunTrace[] {
    const { order = "-time", search = "", offset = 0, limit = Number.POSITIVE_INFINITY } = query;
    const found = this.#traces
      .filter(({ project, run, trace }) => {
        const isOfRun = project === query.project && run === (query.run ?? run);
        const isAsked =
          trace.id === (query.id ?? trace.id) &&
          (query.step === undefined || isSameStep(trace.step, query.step));
        return isOfRun && isAsked && trace.searchText.includes(search);
      })
      .sort(({ trace: a }, { trace: b }) => {
        const byStep = order.endsWith("step") ? Number(a.step) - Number(b.step) : 0;
        return byStep || a.time - b.time || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
      });
    if (order.startsWith("-")) found.reverse();
    return found.slice(offset, offset + limit).map(({ run, trace }) => {
      const { searchText: _, ...told } = trace;
      return { run, ...told };
    });
  }

  /** Pictures and the like that traces of the run name. */
  media(project: ProjectKey, run: RunId): readonly MediaRef[] {
    return this.#traces
      .filter((owned) => owned.project === project && owned.run === run)
      .flatMap(({ trace }) => mediaInJson(trace.body));
  }

  clear(): void {
    this.#alerts = [];
    this.#traces = [];
  }
}

/** JavaScript compares an integer of any size with a float as what both are. */
function isSameStep(a: Step, b: Step): boolean {
  return a <= b && a >= b;
}

function isSame(a: Owned, b: Owned): boolean {
  return a.project === b.project && a.run === b.run && a.id === b.id;
}
