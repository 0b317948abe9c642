/** The command `trackio` of these sources, without a build. */

import { main } from "../../src/cli/main.ts";

await main(process.argv.slice(2));
