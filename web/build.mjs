// Bundles the page into web/dist (or the folder named): node build.mjs [FOLDER]. The same sources give the same bytes.
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "dist");
mkdirSync(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["src/page.tsx", "src/page.css"],
  outdir: out,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  target: ["es2020", "safari14"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "inline",
  banner: { js: "/*! gridpilot's page, MIT. Contains Preact, MIT, (c) Jason Miller and contributors. */" },
});
for (const file of ["index.html", "icon.svg"]) copyFileSync(join(here, "src", file), join(out, file));
