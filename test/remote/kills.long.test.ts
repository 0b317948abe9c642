import { test } from "vitest";
import { survivesKills } from "./kills.ts";

test("a server that is killed 20 times while scripts log to it has every point once, and every picture", async () => {
  await survivesKills(20);
}, 600_000);
