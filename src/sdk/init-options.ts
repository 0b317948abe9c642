/**
 * What a script may say to `init`, checked before anything is touched. This is
 * the one place of the SDK that throws: misuse is told at once, with the value,
 * the place and the remedy.
 */

import { TrackioError } from "../protocol/errors.ts";
import {
  checkName,
  type ProjectKey,
  parseProjectKey,
  parseRunId,
  type RunId,
} from "../protocol/ids.ts";
import { nearestName } from "../protocol/nearest.ts";
import { isPlainObject } from "../protocol/values.ts";
import { describeValue } from "./describe-value.ts";
import { parseServerAddress, withoutSecrets } from "./remote/server-address.ts";

/** Options of `init`. */
export interface InitOptions<Config extends object = object> {
  /** Which project the run belongs to; made where it is new. 1 to 512 characters. */
  readonly project: string;
  /** What the run is called; may repeat. Default: two words and the run's number, like `dainty-sunset-12`. */
  readonly name?: string | undefined;
  /** Identity of the run in its project, 1 to 128 characters. Default: 32 random hexadecimal digits. */
  readonly id?: string | undefined;
  /** Hyperparameters. Keys that begin with `_` are refused. Goes in place of the former one when a run is resumed. */
  readonly config?: Config | undefined;
  /** Runs of one group are shown together. Of a new run only. */
  readonly group?: string | undefined;
  /** Words to find the run by. Of a new run only. */
  readonly tags?: readonly string[] | undefined;
  /** Free text. Of a new run only. */
  readonly notes?: string | undefined;
  /**
   * `"never"` (default): always a new run. `"allow"`: go on with the run of that
   * `id`, or the newest of that `name`; a new one where there is none.
   * `"must"`: as `"allow"`, and an error where there is none.
   */
  readonly resume?: "never" | "allow" | "must" | undefined;
  /** Data folder. Default: `TRACKIO_DIR`, else the one of Trackio for Python. */
  readonly dir?: string | undefined;
  /**
   * A server on another machine that is to have the run, too: the link that `trackio show` prints there, or its address. All is
   * kept on this machine first, and sent in the background; what cannot be sent goes with the next run, or by `trackio sync`.
   * Default: `TRACKIO_SERVER_URL`; without either, the run stays here.
   */
  readonly serverUrl?: string | undefined;
  /** What lets the script write there. Default: `write_token` of the address, else `TRACKIO_WRITE_TOKEN`, else the one last given for that server. */
  readonly writeToken?: string | undefined;
  /** So long the end of the script waits, at most, for what the server does not have yet. From 0; 10,000 unless told. */
  readonly exitTimeoutMs?: number | undefined;
  /** `"disabled"`: a run of the same shape that keeps nothing. Default: `TRACKIO_MODE`, else `"on"`. */
  readonly mode?: "on" | "disabled" | undefined;
}

/** A server and what is known of the right to write there. */
export interface CheckedServer {
  /** Without the token. */
  readonly url: string;
  readonly token?: string;
  /** Whether the script itself named the token: then it is kept for another day. */
  readonly isTokenGiven: boolean;
  readonly exitTimeoutMs: number;
}

/** The options after the check. */
export interface CheckedOptions {
  readonly project: string;
  readonly projectKey: ProjectKey;
  readonly name?: string;
  readonly id?: RunId;
  readonly config?: { readonly [key: string]: unknown };
  readonly group?: string;
  readonly tags?: readonly string[];
  readonly notes?: string;
  readonly resume: "never" | "allow" | "must";
  readonly dir?: string;
  readonly server?: CheckedServer;
  readonly isDisabled: boolean;
}

const OPTION_NAMES = [
  "project",
  "name",
  "id",
  "config",
  "group",
  "tags",
  "notes",
  "resume",
  "dir",
  "serverUrl",
  "writeToken",
  "exitTimeoutMs",
  "mode",
] as const satisfies readonly (keyof InitOptions)[];

const EXIT_TIMEOUT_MS = 10_000;
/** No timer waits longer. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1_000;

/** What of the environment decides where the options do not. */
export interface InitEnv {
  readonly TRACKIO_MODE?: string | undefined;
  readonly TRACKIO_SERVER_URL?: string | undefined;
  readonly TRACKIO_WRITE_TOKEN?: string | undefined;
}

/**
 * @throws {@link TrackioError} `invalid_argument` naming the option, its value and the remedy.
 */
export function checkInitOptions(options: unknown, env: InitEnv): CheckedOptions {
  if (!isPlainObject(options)) {
    throw misuse("init()", options, 'give it an object, e.g. trackio.init({ project: "mnist" })');
  }
  for (const key of Object.keys(options)) refuseUnknown(key);
  const projectKey = parseProjectKey(options.project);
  if (options.name !== undefined) checkName(options.name, "name");
  const resume = checkChoice("resume", options.resume ?? "never", ["never", "allow", "must"]);
  if (resume === "must" && options.name === undefined && options.id === undefined) {
    throw new TrackioError(
      "invalid_argument",
      'resume is "must" without a name or id; say which run to go on with.',
    );
  }
  checkConfig(options.config);
  checkTags(options.tags);
  for (const key of ["group", "notes", "dir", "writeToken"] as const) checkText(key, options[key]);
  checkExitTimeout(options.exitTimeoutMs);
  const server = checkServer(options as unknown as InitOptions, env);
  const { project, name, config, group, tags, notes, dir } = options as unknown as InitOptions;
  return {
    project,
    projectKey,
    resume,
    isDisabled: checkMode(options.mode, env.TRACKIO_MODE) === "disabled",
    ...(name === undefined ? {} : { name }),
    ...(options.id === undefined ? {} : { id: parseRunId(options.id) }),
    ...(config === undefined ? {} : { config: config as { readonly [key: string]: unknown } }),
    ...(group === undefined ? {} : { group }),
    ...(tags === undefined ? {} : { tags: [...tags] }),
    ...(notes === undefined ? {} : { notes }),
    ...(dir === undefined ? {} : { dir }),
    ...(server === undefined ? {} : { server }),
  };
}

function refuseUnknown(key: string): void {
  if ((OPTION_NAMES as readonly string[]).includes(key)) return;
  const nearest = nearestName(key, OPTION_NAMES);
  throw new TrackioError(
    "invalid_argument",
    nearest === undefined
      ? `init() has no option "${key}"; it has ${OPTION_NAMES.join(", ")}.`
      : `init() has no option "${key}"; did you mean "${nearest}"?`,
  );
}

function checkConfig(config: unknown): void {
  if (config === undefined) return;
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw misuse("config", config, "give an object, e.g. { lr: 0.001 }");
  }
  const reserved = Object.keys(config).find((key) => key.startsWith("_"));
  if (reserved !== undefined) {
    throw new TrackioError(
      "invalid_argument",
      `config has the key "${reserved}"; keys that begin with "_" belong to trackio, choose another.`,
    );
  }
}

function checkTags(tags: unknown): void {
  if (tags === undefined) return;
  const remedy = 'give an array of words, e.g. ["baseline"]';
  if (!Array.isArray(tags)) throw misuse("tags", tags, remedy);
  for (const tag of tags as unknown[]) {
    if (typeof tag === "string" && tag !== "") continue;
    const what = `tags has ${describeValue(tag)} in it; ${remedy}.`;
    throw new TrackioError("invalid_argument", what);
  }
}

function checkText(key: string, value: unknown): void {
  if (value !== undefined && (typeof value !== "string" || value === "")) {
    throw misuse(key, value, "give a text that is not empty, or leave it out");
  }
}

/** The token that stands nearest to the call counts. */
function checkServer(options: InitOptions, env: InitEnv): CheckedServer | undefined {
  const isGiven = options.serverUrl !== undefined;
  const [place, text] = isGiven
    ? ["serverUrl", options.serverUrl]
    : ["TRACKIO_SERVER_URL", env.TRACKIO_SERVER_URL || undefined];
  if (text === undefined) return undefined;
  const address = typeof text === "string" ? parseServerAddress(text) : undefined;
  if (address === undefined) {
    const shown: unknown = typeof text === "string" ? withoutSecrets(text) : text;
    throw misuse(place, shown, 'give an address, e.g. "http://127.0.0.1:7860"');
  }
  const inScript = options.writeToken ?? (isGiven ? address.token : undefined);
  const token = inScript ?? address.token ?? (env.TRACKIO_WRITE_TOKEN || undefined);
  return {
    url: address.url,
    ...(token === undefined ? {} : { token: checkToken(token) }),
    isTokenGiven: inScript !== undefined,
    exitTimeoutMs: options.exitTimeoutMs ?? EXIT_TIMEOUT_MS,
  };
}

/** Its text is a secret: it is not in the message. */
function checkToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new TrackioError(
    "invalid_argument",
    "The write token has characters that no header can hold; give it as `trackio show` printed it, in serverUrl, writeToken or TRACKIO_WRITE_TOKEN.",
  );
}

function checkExitTimeout(timeoutMs: unknown): void {
  if (timeoutMs === undefined) return;
  if (typeof timeoutMs === "number" && timeoutMs >= 0 && timeoutMs <= LONGEST_TIMEOUT_MS) return;
  throw misuse("exitTimeoutMs", timeoutMs, "give a number of milliseconds from 0, e.g. 10_000");
}

function checkMode(mode: unknown, fromEnv: string | undefined): "on" | "disabled" {
  if (mode !== undefined) return checkChoice("mode", mode, ["on", "disabled"]);
  return checkChoice("TRACKIO_MODE", fromEnv || "on", ["on", "disabled"]);
}

function checkChoice<const Choice extends string>(
  place: string,
  value: unknown,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) {
    throw misuse(place, value, `choose ${choices.map((c) => `"${c}"`).join(" or ")}`);
  }
  return choice;
}

function misuse(place: string, value: unknown, remedy: string): TrackioError {
  return new TrackioError("invalid_argument", `${place} is ${describeValue(value)}; ${remedy}.`);
}
