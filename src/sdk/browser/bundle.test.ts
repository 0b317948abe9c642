import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";

/** What a page loads, minified and packed as a server sends it. More is a decision, not an accident. */
const MAX_PACKED_BYTES = 32 * 1024;

async function bundle(): Promise<Rolldown.RolldownOutput> {
  const [output] = (await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: true,
      target: "es2022",
      lib: { entry: new URL("./index.ts", import.meta.url).pathname, formats: ["es"] },
    },
  })) as Rolldown.RolldownOutput[];
  return output as Rolldown.RolldownOutput;
}

test("trackio/browser is one file without anything of Node", async () => {
  const { output } = await bundle();
  expect(output).toHaveLength(1);
  const [chunk] = output;
  expect(chunk.imports).toEqual([]);
  expect(chunk.dynamicImports).toEqual([]);
  const foreign = Object.keys(chunk.modules).filter((id) =>
    /node:|node_modules|browser-external/.test(id),
  );
  expect(foreign).toEqual([]);
  // What loads media from files in scripts is there, and never called: a page has provided all that it needs.
  const code = chunk.code.replace(/getBuiltinModule\([`"']node:module[`"']\)/, "");
  expect(code).not.toMatch(/["'`]node:|\bBuffer\.|\brequire\(/);
  const packed = gzipSync(chunk.code).length;
  console.info(`trackio/browser: ${chunk.code.length} bytes, ${packed} packed`);
  expect(packed).toBeLessThan(MAX_PACKED_BYTES);
});
