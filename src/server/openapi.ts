/** The OpenAPI 3.1 document, made from the schemas that check requests. */

import type { z } from "zod";
import { loadSchemas, type Operation, type SchemaName } from "./operation.ts";

type JsonObject = { readonly [key: string]: unknown };

/** Gives the JSON Schema of a schema by its name. */
type Describe = (name: SchemaName, io: "input" | "output") => JsonObject;

const PATH_PARAMETERS: { readonly [name: string]: JsonObject } = {
  project: { description: "in any spelling", schema: { type: "string" } },
  run: { description: "id, or name: then the newest of it", schema: { type: "string" } },
  writer: {
    description: "the id of the writer: the journal's file name without `.jsonl`",
    schema: { type: "string", pattern: "^[a-z0-9]+(-[a-z0-9]+)*$" },
  },
  hash: {
    description: "as the media and tables name it",
    schema: { type: "string", pattern: "^[0-9a-f]{64}$" },
  },
};

const FORM: JsonObject = {
  type: "object",
  required: ["query"],
  properties: { query: { type: "string", description: "the same as JSON" } },
};

export async function createOpenApi(
  operations: readonly Operation[],
  version: string,
): Promise<JsonObject> {
  const [{ z }, schemas] = await Promise.all([import("zod"), loadSchemas()]);
  const schemaOf: Describe = (name, io) => {
    const schema: z.ZodType = schemas[name];
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
    return rest;
  };
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    paths[operation.path] = path;
    path[operation.method] = describe(operation, schemaOf);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "trackio",
      version,
      description:
        "Reads what was logged, and takes what scripts on other machines send. Version 1; a field may be added, none is removed.",
      license: { name: "MIT", identifier: "MIT" },
    },
    paths,
    components: { schemas: { Error: schemaOf("errorSchema", "output") } },
  };
}

function describe(operation: Operation, schemaOf: Describe): JsonObject {
  const { id, summary, description, answer } = operation;
  const content = answer.schema === undefined ? {} : { schema: schemaOf(answer.schema, "output") };
  const parameters = [...pathParameters(operation), ...queryParameters(operation)];
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...describeBody(operation, schemaOf),
    responses: {
      "200": { description: answer.description, content: { [answer.contentType]: content } },
      ...describeOthers(operation),
      default: describeError("What went wrong: the value, the place, the remedy"),
    },
  };
}

function describeBody({ body, takesForm, bytes }: Operation, schemaOf: Describe): JsonObject {
  if (bytes !== undefined) {
    const content = { "application/octet-stream": {} };
    return { requestBody: { required: false, description: bytes, content } };
  }
  if (body === undefined) return {};
  const content = {
    "application/json": { schema: schemaOf(body, "input") },
    ...(takesForm ? { "application/x-www-form-urlencoded": { schema: FORM } } : {}),
  };
  return { requestBody: { required: true, content } };
}

function describeOthers({ otherAnswers = {} }: Operation): JsonObject {
  const described = Object.entries(otherAnswers).map(([status, description]) => {
    return [status, Number(status) < 400 ? { description } : describeError(description)] as const;
  });
  return Object.fromEntries(described);
}

function describeError(description: string): JsonObject {
  const schema = { $ref: "#/components/schemas/Error" };
  return { description, content: { "application/json": { schema } } };
}

function pathParameters({ path }: Operation): JsonObject[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: "path",
    required: true,
    ...PATH_PARAMETERS[name!],
  }));
}

function queryParameters({ query = {} }: Operation): JsonObject[] {
  return Object.entries(query).map(([name, description]) => ({
    name,
    in: "query",
    required: false,
    description,
    schema: { type: "string" },
  }));
}
