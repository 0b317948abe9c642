/** A table as CSV, made by the server and saved by the browser: no row of it passes through the page. */

import type { TableQuery } from "../../../src/protocol/api.ts";
import { apiUrl } from "../api/client.ts";

/** All rows that `query` asks for, in its order, as a download. */
export function downloadCsv(project: string, query: TableQuery): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = apiUrl(`projects/${encodeURIComponent(project)}/table.csv`).href;
  form.hidden = true;
  const field = document.createElement("input");
  field.name = "query";
  field.value = JSON.stringify(query);
  form.append(field);
  document.body.append(form);
  form.submit();
  form.remove();
}
