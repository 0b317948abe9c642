import type { ChildProcess } from "node:child_process";

/**
 * The link that `trackio show` prints, as soon as it has. `onText` gets all
 * that it prints.
 * @throws where the process ends without a link.
 */
export function readLink(child: ChildProcess, onText?: (text: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      onText?.(text);
      printed += text;
      const link = /https?:\/\/\S+(?=\s)/.exec(printed)?.[0];
      if (link !== undefined) resolve(link);
    });
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`trackio show ended without a link (exit code ${code}): ${printed}`)),
    );
  });
}
