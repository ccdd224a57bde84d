import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";
import type { Step } from "./run-step.ts";

interface DenoConfig {
  readonly exports: Readonly<Record<string, string>>;
}

const { exports }: DenoConfig = JSON.parse(
  readFileSync(new URL("../deno.json", import.meta.url), "utf8"),
);
const entryPoints: readonly string[] = Object.values(exports);

// `nasc` returns Hono's own type, which fits any app, and a live query in Vue is Vue's own ref. Their documentation is
// not ours to write.
const frameworkTypes = ["Env", "Hono", "Context", "Ref"];

// By these the compiler infers what the handlers of an application take. Nobody names them.
const inferredTypes = [
  ...["DefineHandler", "HandlerInfo", "HandlerTypes", "info", "KnownHandlers", "MessageTo"],
  ...["EventName", "PayloadArguments", "TypeName", "UserFor", "UserOption"],
  ...["HandlerOf", "Known", "OptionsOf", "PayloadsOf", "SendArguments", "SentBy", "StateOf"],
];

function onlyTypesThatNobodyNames(output: string): boolean {
  const names = [...frameworkTypes, ...inferredTypes].join("|");
  const allowed = new RegExp(`references private type '(${names})'`);
  const errors = output.split("\n").filter((line) => line.startsWith("error["));
  return errors.every((line) => line.startsWith("error[private-type-ref]") && allowed.test(line)) &&
    /Checked|Found \d+ documentation lint error/.test(output);
}

/** What must hold before anything is built, since building would mend it. */
export const checksOfGenerated: readonly Step[] = [
  {
    name: "every list of exports matches deno.json",
    command: ["node", "scripts/exports.ts", "--check"],
  },
  {
    name: "the served client matches its sources",
    command: ["node", "scripts/build.ts", "--check"],
  },
  {
    name: "what the demo shows of its own files is what stands there",
    command: ["node", "scripts/sources.ts", "--check"],
  },
];

/** Everything else that must hold besides the tests. */
export const checks: readonly Step[] = [
  { name: "the code is formatted", command: ["deno", "fmt", "--check"] },
  { name: "the linter has no complaints", command: ["deno", "lint"] },
  {
    name: "nothing that a page downloads has grown by more than 3 %",
    command: ["node", "scripts/sizes.ts", "--check"],
  },
  {
    name: "the types check for Node, workerd and browsers",
    command: ["tsc", "--noEmit", "-p", "."],
  },
  { name: "the core names no platform", command: ["tsc", "--noEmit", "-p", "tsconfig.core.json"] },
  {
    name: "the types check for Deno",
    command: ["deno", "check", ...entryPoints, "examples/deno/main.ts"],
  },
  {
    name: "every public name is documented",
    command: ["deno", "doc", "--lint", ...entryPoints],
    accept: onlyTypesThatNobodyNames,
  },
  {
    name: "every documented example runs",
    command: [
      ...["deno", "test", "-A", "--doc", "--no-check=remote", "--config", `${root}deno.json`],
      ...[...entryPoints, "src", "adapters", "docs"].map((path) => join(root, path)),
    ],
    writes: true,
  },
  {
    name: "JSR would accept the package, and warn of nothing",
    command: ["deno", "publish", "--dry-run", "--allow-dirty"],
    accept: (output, status) => status === 0 && !output.includes("warning["),
  },
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
