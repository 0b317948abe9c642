import { survivesKills } from "./kill-trial.ts";
import { pythonTest } from "./python.ts";

pythonTest(
  "the server is killed 300 times while scripts log to it, and started again",
  async () => {
    await survivesKills(300);
  },
);
