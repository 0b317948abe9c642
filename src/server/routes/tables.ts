import { attachmentNamed } from "../content-disposition.ts";
import { type Operation, readBody } from "../operation.ts";
import { breakOff, type PieceSource, packStream, sendJson, streamPieces } from "../respond.ts";
import { projectOf } from "./project-of.ts";

export const readTable: Operation = {
  method: "post",
  path: "/api/v1/projects/{project}/table",
  id: "readTable",
  summary: "Rows of logged tables, sorted and filtered, a page at a time",
  description:
    "`run` of a source is an id or a name. The first page of a sorted or filtered table costs by its rows, the next ones by the page. " +
    "Where a part of a table is lost, its other rows are given, and `missingRows` says how many are not; an answer has up to 128 MB.",
  body: "tableQuerySchema",
  answer: {
    contentType: "application/json",
    schema: "tableRowsSchema",
    description: "The rows, and what is known of all of them",
  },
  handle: async (c, server) => {
    const query = await readBody(c, "tableQuerySchema");
    const question = { ask: "table", ...projectOf(c), query } as const;
    return sendJson(c, await server.reader.ask(question, c.req.raw.signal));
  },
};

export const exportTable: Operation = {
  method: "post",
  path: "/api/v1/projects/{project}/table.csv",
  id: "exportTable",
  summary: "All rows that the filters leave, as a CSV file",
  description:
    "Takes the same query as `table`, as JSON or as the form field `query`, so that a browser can write the answer to the disk as it comes. " +
    "`from`, `count` and `whole` do not matter: it is all of it. Where a part is lost it is refused.",
  body: "tableQuerySchema",
  takesForm: true,
  answer: {
    contentType: "text/csv",
    description:
      "RFC 4180 in UTF-8, the first line the names of the columns; a picture is the name of its blob",
  },
  handle: async (c, server) => {
    const query = await readBody(c, "tableQuerySchema");
    const question = { ask: "table", ...projectOf(c), query } as const;
    const pieces = server.reader.exportTable(question, c.req.raw.signal);
    // What is wrong with the query is known by the first piece, while the answer can still say so.
    const first = await pieces.next();
    let held: typeof first | undefined = first;
    const source: PieceSource = {
      next: async () => {
        const { value } = held ?? (await pieces.next());
        held = undefined;
        return value ?? undefined;
      },
      end: () => pieces.return(),
    };
    const stream = streamPieces(source, breakOff(c, server.log));
    return packStream(c, stream, {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": attachmentNamed(`${query.key.replaceAll(/[/\\]/g, "-")}.csv`),
    });
  },
};
