import { readFileSync } from "node:fs";
import type { Step } from "./run-step.ts";

interface DenoConfig {
  readonly exports: Readonly<Record<string, string>>;
}

const { exports }: DenoConfig = JSON.parse(
  readFileSync(new URL("../deno.json", import.meta.url), "utf8"),
);
const entryPoints: readonly string[] = Object.values(exports);

// What `nasc` returns is Hono's own type, so that it fits into any app, and a live query in Vue is Vue's own ref;
// those types are not ours to document.
function onlyFrameworkTypes(output: string): boolean {
  const errors = output.split("\n").filter((line) => line.startsWith("error["));
  return errors.every((line) =>
    line.startsWith("error[private-type-ref]") &&
    /references private type '(Env|Hono|Context|Ref)'/.test(line)
  ) && /Checked|Found \d+ documentation lint error/.test(output);
}

/** Everything that has to hold besides the tests. */
export const checks: readonly Step[] = [
  { name: "the code is formatted", command: ["deno", "fmt", "--check"] },
  { name: "the linter is content", command: ["deno", "lint"] },
  {
    name: "all lists of exports are those of deno.json",
    command: ["node", "scripts/exports.ts", "--check"],
  },
  {
    name: "the served client is built from the sources",
    command: ["node", "scripts/build.ts", "--check"],
  },
  {
    name: "the types hold for Node, workerd and browsers",
    command: ["tsc", "--noEmit", "-p", "."],
  },
  { name: "the core names no platform", command: ["tsc", "--noEmit", "-p", "tsconfig.core.json"] },
  {
    name: "the types hold for Deno",
    command: ["deno", "check", ...entryPoints, "examples/deno/main.ts"],
  },
  {
    name: "every public name is documented",
    command: ["deno", "doc", "--lint", ...entryPoints],
    accept: onlyFrameworkTypes,
  },
  {
    name: "every example in the documentation runs",
    command: [
      "deno",
      "test",
      "-A",
      "--doc",
      "--no-check=remote",
      ...entryPoints,
      "src",
      "adapters",
      "README.md",
      "docs",
    ],
  },
  { name: "npm gets a sound package", command: ["publint", "--strict"] },
  { name: "JSR would take it", command: ["deno", "publish", "--dry-run", "--allow-dirty"] },
  {
    name: "the worker bundles",
    command: [
      "wrangler",
      "deploy",
      "--dry-run",
      "--outdir",
      "../../.data/bundle",
      "--config",
      "examples/worker/wrangler.jsonc",
    ],
  },
];
