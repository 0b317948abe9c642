import type { Context } from "hono";
import { type ProjectKey, parseProjectKey } from "../../protocol/ids.ts";

/**
 * The project that a path names, in any spelling.
 * @throws {@link TrackioError} `invalid_argument` where it is no name.
 */
export function projectOf(c: Context): { project: ProjectKey; asWritten: string } {
  const asWritten = c.req.param("project") ?? "";
  return { project: parseProjectKey(asWritten), asWritten };
}
