/** Which cards the front page shows, and in what order: charts alone, or what an address or a filter chose, of any kind. */

import type { MediaKind } from "../../../src/protocol/media.ts";
import { chooseKeys, readMetrics, searchOfAddress } from "./metric-choice.ts";
import { EVERYTHING, type NameSearch, searchNames } from "./name-search.ts";
import { groupMetrics } from "./sections.ts";

export interface PageCard {
  readonly key: string;
  readonly kind: "chart" | MediaKind;
}

export interface CardSection {
  /** Empty: the cards stand alone, without a head. */
  readonly name: string;
  readonly cards: readonly PageCard[];
}

export interface PageCards {
  readonly sections: readonly CardSection[];
  /** Names in the address that no key can be meant by. */
  readonly missing: readonly string[];
}

export interface KeyOfKind {
  readonly key: string;
  readonly kind: MediaKind;
}

export interface PageCardsOptions {
  /** Keys of charts, as first logged. */
  readonly charts: readonly string[];
  readonly media: readonly KeyOfKind[];
  /** `metrics` of the address. */
  readonly metrics: string;
  /** The filter's search, where there is a filter. */
  readonly filter: NameSearch | undefined;
}

export function pageCards({ charts, media, metrics, filter }: PageCardsOptions): PageCards {
  const isChart = new Set(charts);
  const cardsOf = (key: string): PageCard[] => [
    ...(isChart.has(key) ? [{ key, kind: "chart" } as const] : []),
    ...media.filter((one) => one.key === key).map(({ kind }) => ({ key, kind })),
  ];
  const inSections = (keys: readonly string[], of: (key: string) => PageCard[]) =>
    groupMetrics(keys).map(({ name, keys: own }) => ({ name, cards: own.flatMap(of) }));
  const all = [...new Set([...charts, ...media.map(({ key }) => key)])];
  if (filter) return { sections: inSections(all.filter(filter.matches), cardsOf), missing: [] };
  const choice = readMetrics(metrics);
  if (choice === undefined) {
    return { sections: inSections(charts, (key) => [{ key, kind: "chart" }]), missing: [] };
  }
  if ("pattern" in choice) {
    const { matches } = searchOfAddress(choice.pattern);
    return { sections: inSections(all.filter(matches), cardsOf), missing: [] };
  }
  const { keys, missing } = chooseKeys(choice.names, all);
  const cards = keys.flatMap(cardsOf);
  return { sections: cards.length > 0 ? [{ name: "", cards }] : [], missing };
}

/**
 * The search of a filter that is being typed: a bad expression goes on as the last good one; the
 * first of a page, which an address brought, as a part of the name.
 */
export function filterSearch(text: string, last: NameSearch): NameSearch {
  return last === EVERYTHING ? searchOfAddress(text) : searchNames(text, last);
}

export function sameCards(a: PageCards, b: PageCards): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
