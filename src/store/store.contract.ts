/** The laws of `store.ts` as tests, in the same words. Every implementation runs them. */

import { afterEach, describe } from "vitest";
import { bucketLaws } from "./contract/bucket-laws.contract.ts";
import { catalogueLaws } from "./contract/catalogue-laws.contract.ts";
import { deleteLaws } from "./contract/delete-laws.contract.ts";
import { eventLaws } from "./contract/event-laws.contract.ts";
import { foldLaws } from "./contract/fold-laws.contract.ts";
import { idLaws } from "./contract/id-laws.contract.ts";
import { laneLaws } from "./contract/lane-laws.contract.ts";
import { mediaLaws } from "./contract/media-laws.contract.ts";
import { recordLaws } from "./contract/record-laws.contract.ts";
import { rowLaws } from "./contract/row-laws.contract.ts";
import { sameAsMemory } from "./contract/same-as-memory.contract.ts";
import type { OpenedStore } from "./testing/opened-store.ts";

/** @param options.propertyRuns How many random histories are tried; default 60. Each opens a store. */
export function storeContract(
  name: string,
  openFresh: () => Promise<OpenedStore>,
  { propertyRuns = 60 }: { readonly propertyRuns?: number } = {},
): void {
  describe(`${name}: laws of a store`, () => {
    const opened: OpenedStore[] = [];
    const open = async (): Promise<OpenedStore> => {
      const fresh = await openFresh();
      opened.push(fresh);
      return fresh;
    };
    afterEach(async () => {
      for (const fresh of opened.splice(0)) await fresh.remove();
    });
    foldLaws(open);
    rowLaws(open);
    bucketLaws(open);
    catalogueLaws(open);
    deleteLaws(open);
    mediaLaws(open);
    recordLaws(open);
    laneLaws(open);
    idLaws(open);
    eventLaws(open);
    sameAsMemory(open, propertyRuns);
  });
}
