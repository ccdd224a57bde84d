import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { run } from "./commands.ts";

const program = "one-event.js";
const node22 = "./node_modules/.bin/node";
const [newest, lowest] = [inject("newest"), inject("lowest")];
for (const project of [newest, lowest]) {
  copyFileSync(join(root, "tests/package/programs", program), join(project, program));
}

test.for([
  { name: "Node 22.13", runtime: `${node22} --disable-warning=ExperimentalWarning`, cwd: lowest },
  { name: "Node 22", runtime: node22, cwd: newest },
  { name: "Node 24", runtime: "node", cwd: newest },
  { name: "Bun", runtime: `'${root}node_modules/.bin/bun'`, cwd: newest },
  { name: "Deno", runtime: "deno run -A", cwd: newest },
])("every entry can be imported, and an event runs, on $name", async ({ runtime, cwd }) => {
  const home = inject("folder");
  const source = `tests/package/programs/${program}`;
  const stdout = await run(`${runtime} ${program}`, { cwd, home, source });
  expect(JSON.parse(stdout)).toMatchObject([{ action: "bindUpdate", prop: "count", value: 2 }]);
});
