/** Where what is left goes, and with which token. */

import type { DataFolder } from "../../journal/data-folder.ts";
import { TrackioError } from "../../protocol/errors.ts";
import {
  parseServerAddress,
  type ServerAddress,
  withoutSecrets,
} from "../../sdk/remote/server-address.ts";
import { recallToken } from "../../sdk/remote/server-tokens.ts";

export class ServerChoice {
  readonly #folder: DataFolder;
  readonly #env: NodeJS.ProcessEnv;
  readonly #given: ServerAddress | undefined;

  /**
   * @param serverUrl `--server-url`; then all goes there.
   * @throws {@link TrackioError} `invalid_argument` where it is no address.
   */
  constructor(folder: DataFolder, env: NodeJS.ProcessEnv, serverUrl: string | undefined) {
    this.#folder = folder;
    this.#env = env;
    this.#given = serverUrl === undefined ? undefined : parseServerAddress(serverUrl);
    if (serverUrl === undefined || this.#given !== undefined) return;
    throw new TrackioError(
      "invalid_argument",
      `--server-url is "${withoutSecrets(serverUrl)}"; give an address, e.g. "http://127.0.0.1:7860".`,
    );
  }

  /** The server for what was to go to `serverUrl`. */
  urlFor(serverUrl: string): string {
    return this.#given?.url ?? serverUrl;
  }

  /** The one that stands nearest to the command, else the one that a script was given. */
  tokenFor(url: string): string | undefined {
    const { TRACKIO_SERVER_URL: inEnv, TRACKIO_WRITE_TOKEN: token } = this.#env;
    const named = inEnv === undefined ? undefined : parseServerAddress(inEnv);
    return (
      this.#given?.token ??
      (named?.url === url ? named.token : undefined) ??
      (token || undefined) ??
      recallToken(this.#folder, url)
    );
  }
}
