import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { served, sources } from "./served.mjs";

/* The style sheet brings eight fonts as data: URLs, 200 KB that no compression makes smaller and that
 * the Content-Security-Policy refuses. Without them the system's fonts are used. */
const withoutFonts: Plugin = {
  name: "without-fonts",
  enforce: "pre",
  transform: (code, id) =>
    id.includes("global-styles/index.css") ? code.replace(/@font-face\s*\{[^}]*\}/g, "") : undefined,
};

/* src/served.d.ts says what it has. */
const servedOperations: Plugin = {
  name: "served",
  resolveId: (id) => (id === "virtual:served" ? "\0served" : undefined),
  load(id) {
    if (id !== "\0served") return undefined;
    sources.forEach((file) => this.addWatchFile(file));
    return `export const operations = ${JSON.stringify(served())};`;
  },
};

export default defineConfig({
  base: "/console/",
  plugins: [withoutFonts, servedOperations, react()],
  build: { target: "es2022", assetsInlineLimit: 0, cssCodeSplit: true, chunkSizeWarningLimit: 1000 },
});
