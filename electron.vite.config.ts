// Builds the Electron shell (out/main, out/preload) and the page that both hosts show (out/renderer).
import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "electron-vite";
import type { Plugin } from "vite";

/** The entry is small, so that it asks the engine early. What shows the answers is fetched and parsed meanwhile. */
const fetchWindowEarly: Plugin = {
  name: "fetch-window-early",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle = {} }) =>
      Object.values(bundle)
        .filter((file) => file.type === "chunk" && file.facadeModuleId?.endsWith("/app/window.ts"))
        .map(({ fileName }) => ({
          tag: "link",
          attrs: { rel: "modulepreload", crossorigin: "", href: `./${fileName}` },
          injectTo: "head" as const,
        })),
  },
};

export default defineConfig({
  main: {
    build: { rolldownOptions: { input: { index: resolve("src/main/index.ts") } } },
  },
  preload: {
    build: {
      // Sandboxed preload scripts may load nothing but Electron: one CommonJS file with everything in it.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: resolve("src/preload/index.ts") },
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  },
  renderer: {
    root: "src/renderer",
    base: "./",
    plugins: [svelte({ configFile: false }), fetchWindowEarly],
    build: {
      minify: true,
      // Fonts and images stay files: the page's policy allows no data: fonts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // Loaded from this machine, once.
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { input: { index: resolve("src/renderer/index.html") }, checks: { bundlerTimings: false } },
    },
  },
});
