import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../tools/run-command.ts";
import { allowedRules } from "./kit.ts";

const lines = readFileSync(join(ROOT, "docs", "python.md"), "utf8").split("\n");

test.each([...new Set(allowedRules.map(({ reason }) => reason))])(
  "docs/python.md has a line for what may differ: %s",
  (reason) => {
    expect(lines).toContain(`- ${reason}`);
  },
);
