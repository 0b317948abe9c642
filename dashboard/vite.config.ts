import { defineConfig } from "vite";
import solid from "vite-plugin-solid";

/**
 * Builds the dashboard into `dist/dashboard`, with relative addresses, so that
 * it works below any path. While developing, `npx vite dashboard` serves it
 * and passes `/api` on to a `trackio show` of port 7860 (or TRACKIO_DEV_SERVER).
 */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [solid()],
  build: {
    outDir: "../dist/dashboard",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 300,
    // What is bundled is shipped: its licences ask to be shipped with it.
    license: { fileName: "licenses.md" },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": process.env.TRACKIO_DEV_SERVER ?? "http://127.0.0.1:7860" },
  },
});
