import type { LiveSubscription } from "./live-feed.ts";

/** The events of `subscription` as bytes, each made when the connection has room for it. */
export function streamEvents(subscription: LiveSubscription): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const text = await subscription.next();
        if (text === undefined) controller.close();
        else controller.enqueue(encoder.encode(text));
      },
      cancel() {
        subscription.close();
      },
    },
    { highWaterMark: 0 },
  );
}
