import { expect, test } from "vitest";
import { mayKnow } from "./view-messages.ts";

const local = { origin: "http://127.0.0.1:7860", hostname: "127.0.0.1" };
const served = { origin: "https://track.example.com", hostname: "track.example.com" };

test("a dashboard on somebody's machine tells only pages of that machine", () => {
  expect(mayKnow(local.origin, local)).toBe(true);
  expect(mayKnow("http://localhost:8888", local)).toBe(true);
  expect(mayKnow("http://[::1]:8888", local)).toBe(true);
  expect(mayKnow("vscode-webview://abc", local)).toBe(true);
  expect(mayKnow("https://example.com", local)).toBe(false);
  expect(mayKnow("https://localhost.example.com", local)).toBe(false);
  expect(mayKnow("null", local)).toBe(false);
});

test("a dashboard that is served to others tells the page that embeds it", () => {
  expect(mayKnow("https://docs.example.com", served)).toBe(true);
  expect(mayKnow("null", served)).toBe(false);
});
