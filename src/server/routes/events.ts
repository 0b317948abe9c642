import { type ProjectKey, parseProjectKey } from "../../protocol/ids.ts";
import { streamEvents } from "../live/stream-events.ts";
import type { Operation } from "../operation.ts";

export const followEvents: Operation = {
  method: "get",
  path: "/api/v1/events",
  id: "followEvents",
  summary: "What changes, as it changes",
  description:
    "Server-sent events. First `hello` with {missed}: whether something changed since the Last-Event-ID that was sent, " +
    "and all is to be read again. Then `change`, at most four times a second; without runs in it, all of the project is to be read again.",
  query: { project: "only changes of this project" },
  answer: {
    contentType: "text/event-stream",
    schema: "changeEventSchema",
    description: "The data of each `change` event",
  },
  handle: (c, server) => {
    const asWritten = c.req.query("project");
    const project: ProjectKey | undefined =
      asWritten === undefined ? undefined : parseProjectKey(asWritten);
    const headers = {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    };
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    const subscription = server.feed.subscribe({
      project,
      lastEventId: c.req.header("last-event-id"),
    });
    return c.body(streamEvents(subscription), 200, headers);
  },
};
