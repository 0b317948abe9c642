#!/usr/bin/env node
// Plain JavaScript that any Node since 12.20 can read: it looks at the version
// before anything newer is loaded, so that an older Node gets one sentence.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `trackio needs Node 22.18 or newer; this is Node ${process.versions.node}. Install a newer Node (https://nodejs.org) and try again.\n`,
  );
  process.exitCode = 1;
} else {
  // What V8 made of the modules is kept for the next start.
  process.getBuiltinModule("node:module").enableCompileCache();
  import("../dist/cli/main.js").then(
    ({ main }) => main(process.argv.slice(2)),
    (error) => {
      if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
      process.stderr.write(
        `trackio is not built here (${error.message}). Run \`npm run build\` in its folder, or install the package again.\n`,
      );
      process.exitCode = 1;
    },
  );
}
