/**
 * One operation of the API: what it answers, and how it is described. The routes
 * and the OpenAPI document are made from the same list. Schemas are told by their
 * names and loaded when first needed: with them comes a validator that takes
 * longer to load than the rest of the server takes to its first answer.
 */

import type { Context } from "hono";
import type { z } from "zod";
import { TrackioError } from "../protocol/errors.ts";
import type { ServerContext } from "./server-context.ts";

type Schemas = typeof import("../protocol/api.ts");

/** What a schema of `protocol/api.ts` is called. */
export type SchemaName = keyof Schemas;

export function loadSchemas(): Promise<Schemas> {
  return import("../protocol/api.ts");
}

export interface Operation {
  readonly method: "get" | "post" | "put";
  /** With `{name}` for what varies. */
  readonly path: string;
  /** Unique; what a generated client calls it. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: { readonly [name: string]: string };
  readonly body?: SchemaName;
  /** The body may also be the form field `query`, as JSON. */
  readonly takesForm?: boolean;
  /** What the body is, where it is bytes. */
  readonly bytes?: string;
  /** Reads the body piece by piece, and bounds it itself; any other may have 1 MB. */
  readonly streamsBody?: true;
  readonly answer: {
    readonly contentType: string;
    readonly schema?: SchemaName;
    readonly description: string;
  };
  /** What else may come, by HTTP status; errors in the form of all others aside. */
  readonly otherAnswers?: { readonly [status: number]: string };
  readonly handle: (c: Context, server: ServerContext) => Response | Promise<Response>;
}

/**
 * The request's body, checked.
 * @throws {@link TrackioError} `invalid_argument` naming the place and what is wrong with it.
 */
export async function readBody<Name extends SchemaName>(
  c: Context,
  name: Name,
): Promise<z.output<Schemas[Name]>> {
  const body = parseJson(isForm(c) ? await readFormField(c, "query") : await c.req.text());
  const schema: z.ZodType = (await loadSchemas())[name];
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data as z.output<Schemas[Name]>;
  const [issue] = parsed.error.issues;
  const place = issue!.path.map(String).join(".") || "body";
  throw new TrackioError(
    "invalid_argument",
    `${place} of the request: ${issue!.message}; see /openapi.json for what is asked for.`,
  );
}

function isForm(c: Context): boolean {
  return /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(
    c.req.header("content-type") ?? "",
  );
}

async function readFormField(c: Context, name: string): Promise<string> {
  let value: unknown;
  try {
    value = (await c.req.formData()).get(name);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const message = `The request's form cannot be read (${cause.message}).`;
    throw new TrackioError("invalid_argument", message, { cause });
  }
  if (typeof value === "string") return value;
  throw new TrackioError("invalid_argument", `The request's form has no text field '${name}'.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const message = `The request's body is not JSON (${cause.message}); send a JSON object.`;
    throw new TrackioError("invalid_argument", message, { cause });
  }
}
