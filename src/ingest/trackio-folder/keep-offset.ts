import { hostname } from "node:os";
import type { ProjectKey } from "../../protocol/ids.ts";
import { PROJECT_RUN } from "../../protocol/run.ts";
import type { FoldBatch, Store } from "../../store/store.ts";

/**
 * Keeps in the store how far a source is read that holds things of several
 * runs. It may lag behind what is folded: then it is read again, and found to
 * be there.
 * @param batch What the source says of the project itself.
 */
export async function keepOffset(
  store: Store,
  project: { readonly key: ProjectKey; readonly name: string },
  source: string,
  offset: number,
  batch: Pick<FoldBatch, "files"> = {},
): Promise<void> {
  const kept = await store.offset(source);
  // What was counted last is gone, and its numbers may be given again.
  if (kept > offset) await store.forget(source);
  await store.fold({
    source,
    from: kept > offset ? 0 : kept,
    to: offset,
    run: {
      id: PROJECT_RUN,
      projectKey: project.key,
      project: project.name,
      name: "",
      number: 0,
      createdAt: 0,
    },
    writer: { id: source.slice(source.lastIndexOf("/") + 1), host: hostname(), pid: 0 },
    lane: "project",
    blocks: [],
    closed: true,
    seenAt: 0,
    damagedLines: 0,
    ...batch,
  });
}
