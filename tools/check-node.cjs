// Runs before every npm script, in whatever Node the machine has: one sentence
// for people whose Node is too old, instead of a syntax error from inside.
// Plain old JavaScript on purpose, so that any Node can read it.
var need = [22, 18];
var have = process.versions.node.split(".").map(Number);
if (have[0] < need[0] || (have[0] === need[0] && have[1] < need[1])) {
  process.stderr.write(
    "trackio needs Node " + need.join(".") + " or newer; this is Node " + process.versions.node +
    ". Run `npm ci` once without --ignore-scripts (it brings Node 24 for the scripts), or install a newer Node.\n"
  );
  process.exit(1);
}
