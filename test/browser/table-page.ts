/** What tests of tables look at: a grid's heads, rows and cells as a person reads them. */

import type { Locator, Page } from "playwright-core";

export function tableCard(page: Page, key: string): Locator {
  return page.locator(`[data-metric="${key}"]:is(.table-card, .table-section)`);
}

/** The texts of the rows in sight, topmost first, cell by cell. */
export async function rowsOf(card: Locator): Promise<string[][]> {
  return card.locator(".tg").evaluate((grid) => {
    const box = grid.getBoundingClientRect();
    const rows = [...grid.querySelectorAll<HTMLElement>(".tg-tr:not([hidden])")].filter(
      (row) => row.getBoundingClientRect().top < box.bottom,
    );
    const place = (row: HTMLElement) => Number(row.dataset.row);
    return rows
      .sort((a, b) => place(a) - place(b))
      .map((row) =>
        [...row.querySelectorAll<HTMLElement>(".tg-td")].map((cell) => cell.innerText.trim()),
      );
  });
}

export async function headsOf(card: Locator): Promise<string[]> {
  const heads = await card.locator(".tg-th > button").allInnerTexts();
  return heads.map((text) => text.trim());
}

/** The texts of one column. */
export async function columnOf(card: Locator, name: string): Promise<string[]> {
  const at = (await headsOf(card)).indexOf(name);
  return (await rowsOf(card)).map((row) => row[at] ?? "");
}

export function head(card: Locator, name: string): Locator {
  return card.locator(".tg-th").filter({ has: card.page().getByText(name, { exact: true }) });
}

export async function sortBy(card: Locator, name: string): Promise<void> {
  await head(card, name).locator("button").click();
}

/** The cell of a row of the grid in a column, by their places. */
export function cellAt(card: Locator, row: number, column: number): Locator {
  return card.locator(`.tg-tr[data-row="${row}"] .tg-td[aria-colindex="${column + 1}"]`);
}
