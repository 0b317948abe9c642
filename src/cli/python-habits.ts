/**
 * What a person is used to type who knows the command line of Trackio for
 * Python, and what this one does not have: one sentence that says where it is.
 * Commands and flags that both have are no matter of this file.
 */

/** Python's commands that read a server: there they work, this one's included. */
const ASKED_OF_A_SERVER: ReadonlySet<string> = new Set([
  "list system-metrics",
  "list alerts",
  "list traces",
  "list reports",
  "list artifacts",
  "get project",
  "get snapshot",
  "get system-metric",
  "get alerts",
  "get report",
  "get trace",
  "get trace-summary",
  "get artifact",
  "query",
  "query project",
]);

/** Python's commands that concern its own files or Hugging Face. */
const PYTHONS_OWN: ReadonlySet<string> = new Set([
  "list spaces",
  "freeze",
  "bump",
  "config",
  "skills",
  "registry",
  "logbook",
  "show registry",
]);

const SHOW_FLAGS: ReadonlyMap<string, string> = new Map([
  ["--theme", "the page has a button for light and dark, and a link may say ?__theme=dark"],
  ["--footer", "the page has no footer"],
  ["--no-footer", "the page has no footer"],
  ["--color-palette", "the page has colors of its own"],
  ["--frontend", "the page is its own"],
  ["--mcp-server", "this server has no MCP"],
  ["--share", "--host 0.0.0.0 opens the server to other machines"],
]);

const SYNC_FLAGS: readonly string[] = [
  "--all",
  "--project",
  "--space-id",
  "--private",
  "--force",
  "--sdk",
];

/** The sentence for a command line of Trackio for Python that this one lacks; undefined for any other. */
export function answerPythonHabit(args: readonly string[]): string | undefined {
  const flags = args.filter((arg) => arg.startsWith("-")).map((arg) => arg.split("=", 1)[0] ?? arg);
  const words = wordsOf(args);
  const two = words.slice(0, 2).join(" ");
  const command = [two, words[0] ?? ""].find(
    (name) => ASKED_OF_A_SERVER.has(name) || PYTHONS_OWN.has(name),
  );
  if (command !== undefined && ASKED_OF_A_SERVER.has(command)) {
    return `'${command}' is asked of a running dashboard, by the command line of Trackio for Python: trackio --space http://127.0.0.1:7860 ${command} …`;
  }
  if (command !== undefined) {
    const folder = command === "show registry" ? " A folder of that name is './registry'." : "";
    return `'${command}' is there in Trackio for Python alone; run that package's own 'trackio'.${folder}`;
  }
  if (flags.includes("--space")) {
    return "'--space' is a flag of the command line of Trackio for Python, which asks a server; this one reads a data folder: give it as --dir, or leave it out.";
  }
  const showFlag = words[0] === "show" ? flags.find((flag) => SHOW_FLAGS.has(flag)) : undefined;
  if (showFlag !== undefined) {
    return `There is no '${showFlag}' here: ${SHOW_FLAGS.get(showFlag)}. Leave it out.`;
  }
  const syncFlag =
    words[0] === "sync" ? flags.find((flag) => SYNC_FLAGS.includes(flag)) : undefined;
  if (syncFlag !== undefined) {
    return `There is no '${syncFlag}' here: this 'trackio sync' sends what scripts with a serverUrl have left, of all projects. To a Space only Trackio for Python syncs.`;
  }
  return undefined;
}

/** The words of the command: what is no flag, nor the value of one that Python takes before the command. */
function wordsOf(args: readonly string[]): string[] {
  return args.filter(
    (arg, i) => !(arg.startsWith("-") || ["--space", "--hf-token"].includes(args[i - 1] ?? "")),
  );
}
