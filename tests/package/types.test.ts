import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { type CommandOptions, run } from "./commands.ts";
import { readSection } from "./readme.ts";

const home = inject("folder");
const projects = { newest: inject("newest"), lowest: inject("lowest") };
const compilers = {
  "TypeScript 5.6": join(projects.lowest, "node_modules/.bin/tsc"),
  "TypeScript 7": join(projects.newest, "node_modules/.bin/tsc"),
};

// Without esnext.disposable, and without Node's or a browser's types that nobody asked for.
const compilerOptions = {
  target: "es2022",
  lib: ["es2022", "dom", "dom.iterable"],
  types: [],
  strict: true,
  noEmit: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
};

type Program = CommandOptions & { readonly config: unknown };

/** Returns what a compiler prints of a program. */
async function compile(
  compiler: keyof typeof compilers,
  flags: string,
  options: Program,
): Promise<string> {
  const file = `tsconfig-${Math.random().toString(36).slice(2)}.json`;
  writeFileSync(join(options.cwd, file), JSON.stringify(options.config));
  // Its exit code is that of the errors, of which only some are ours.
  return await run(`'${compilers[compiler]}' --pretty false ${flags} -p ${file} || true`, options);
}

/** Returns the errors among what a compiler prints, but for those inside other packages. */
function ours(lines: readonly string[]): string[] {
  return lines.filter((line) =>
    /error TS\d+/.test(line) && !/^(\.\.\/)*node_modules\/(?!rian\/)/.test(line)
  );
}

async function check(compiler: keyof typeof compilers, options: Program): Promise<string[]> {
  return ours((await compile(compiler, "", options)).split("\n"));
}

const programName = "every-entry.ts";
const program = join(root, "tests/package/programs", programName);

test("the program over every entry imports each", () => {
  const { exports } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
  const text = readFileSync(program, "utf8");
  const missing = Object.keys(exports).map((name) => name.replace(/^\./, "rian"))
    .filter((name) => !text.includes(`from "${name}";`));
  expect(missing).toEqual([]);
});

test.for<{
  compiler: keyof typeof compilers;
  resolution: "bundler" | "nodenext";
  peers: keyof typeof projects;
}>([
  { compiler: "TypeScript 5.6", resolution: "bundler", peers: "newest" },
  { compiler: "TypeScript 5.6", resolution: "nodenext", peers: "lowest" },
  { compiler: "TypeScript 7", resolution: "bundler", peers: "newest" },
  { compiler: "TypeScript 7", resolution: "nodenext", peers: "newest" },
])("a program over every entry has sound types: $compiler, $resolution, the $peers peers", async (
  { compiler, resolution, peers },
) => {
  const cwd = projects[peers];
  copyFileSync(program, join(cwd, programName));
  const module = resolution === "bundler" ? "esnext" : "nodenext";
  const config = {
    compilerOptions: { ...compilerOptions, module, moduleResolution: resolution },
    files: [programName],
  };
  const source = `tests/package/programs/${programName}`;
  expect(await check(compiler, { cwd, home, source, config })).toEqual([]);
});

// The packages that the program above uses bring the types of Node, which would hide that an entry needs them.
test("the types of every entry need no types of Node", async () => {
  const { exports } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
  const cwd = projects.newest;
  const files = Object.keys(exports).map((name, index) => {
    const file = `entry-${index}.ts`;
    writeFileSync(join(cwd, file), `export type * from "${name.replace(/^\./, "rian")}";\n`);
    return file;
  });
  const module = { module: "esnext", moduleResolution: "bundler" };
  const config = { compilerOptions: { ...compilerOptions, ...module }, files };
  const source = "tests/package/types.test.ts";
  const output = await compile("TypeScript 7", "--listFiles", { cwd, home, source, config });
  const lines = output.split("\n");
  expect(output).toContain("rian/dist/");
  expect(lines.filter((line) => line.includes("@types/node/"))).toEqual([]);
  expect(ours(lines)).toEqual([]);
});

test.for(["Cloudflare Workers", "Node", "Only the store, in a page"])(
  "the files of the README under %s have sound types",
  async (heading) => {
    const files = { ...readSection("In your project").files, ...readSection(heading).files };
    const cwd = join(projects.newest, heading);
    mkdirSync(cwd);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    const config = {
      compilerOptions: {
        ...compilerOptions,
        module: "nodenext",
        allowImportingTsExtensions: true,
      },
      files: Object.keys(files).filter((name) => name.endsWith(".ts")),
    };
    const source = `README.md, "${heading}"`;
    expect(await check("TypeScript 7", { cwd, home, source, config }), source).toEqual([]);
  },
);
