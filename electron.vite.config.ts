// Builds the Electron shell (out/main, out/preload) and the page that both hosts show (out/renderer).
import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "electron-vite";
import type { IndexHtmlTransformContext, Plugin } from "vite";

type Built = NonNullable<IndexHtmlTransformContext["bundle"]>;

/** A script and what it imports as it is loaded. */
function withImports(bundle: Built, fileName: string, found = new Set<string>()): Set<string> {
  const file = bundle[fileName];
  if (file?.type !== "chunk" || found.has(fileName)) return found;
  found.add(fileName);
  for (const imported of file.imports) withImports(bundle, imported, found);
  return found;
}

const stylesOf = (bundle: Built, fileName: string): readonly string[] => {
  const file = bundle[fileName];
  return file?.type === "chunk" ? [...(file.viteMetadata?.importedCss ?? [])] : [];
};

/** The two faces that every page is written in: they are found in the styles only once those are there. */
const facesAtFirst = /(?:inter|jetbrains-mono)-latin-wght-normal-[^/]*\.woff2$/;

/** The entry is small, so that it asks the engine early. What shows the answers is fetched and parsed meanwhile. */
const fetchWindowEarly: Plugin = {
  name: "fetch-window-early",
  transformIndexHtml: {
    order: "post",
    handler: (html, { bundle = {} }) => {
      const shown = Object.values(bundle).find(
        (file) => file.type === "chunk" && file.facadeModuleId?.endsWith("/app/window.ts"),
      );
      const scripts = shown === undefined ? [] : [...withImports(bundle, shown.fileName)];
      const styles = new Set(scripts.flatMap((script) => stylesOf(bundle, script)));
      const faces = Object.keys(bundle).filter((name) => facesAtFirst.test(name));
      const early = (fileName: string, attrs: Readonly<Record<string, string>>) =>
        html.includes(fileName)
          ? []
          : [{ tag: "link", attrs: { ...attrs, crossorigin: "", href: `./${fileName}` }, injectTo: "head" as const }];
      return [
        ...scripts.flatMap((name) => early(name, { rel: "modulepreload" })),
        ...[...styles].flatMap((name) => early(name, { rel: "preload", as: "style" })),
        ...faces.flatMap((name) => early(name, { rel: "preload", as: "font", type: "font/woff2" })),
      ];
    },
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
