import { mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { root } from "../../scripts/root.ts";
import { run } from "./commands.ts";
import { readSection } from "./readme.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A folder for everything that these tests write, with a space in its name; `rian` in it is this repository. */
    folder: string;
    /** The tarball that the README's command made. */
    tarball: string;
    /** A project with the tarball, the newest versions of what it works with, and the newest Node 22. */
    newest: string;
    /** The same with the lowest versions, and without better-sqlite3, of which only the types are there. */
    lowest: string;
  }
}

const { version, devDependencies }: {
  version: string;
  devDependencies: Readonly<Record<string, string>>;
} = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** What the docs put the routes beside; nothing of this repository uses it. */
const express = "express@5.3.0";

const newestPackages = [
  ...["@cfworker/json-schema", "@hono/node-server", "@types/better-sqlite3", "@types/react"],
  ...["better-sqlite3", "hono", "react", "solid-js", "typescript", "vue"],
].map((name) => `${name}@${devDependencies[name]}`).concat(express);

const lowestPackages = [
  ...["@cfworker/json-schema@4.1.0", "@hono/node-server@1.19.0"],
  ...["@types/better-sqlite3@7.6.11", "@types/react@18.0.0"],
  ...["hono@4.9.0", "react@18.0.0", "solid-js@1.8.0", "typescript@5.6.3", "vue@3.5.0"],
];

/** Packs the package as the README says, and installs it in two projects. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "rian package ")));
  symlinkSync(root, join(folder, "rian"));
  await pack(folder);

  const tarball = join(folder, `rian/rian-${version}.tgz`);
  const newest = await install("newest", [tarball, "node@22.23.3", ...newestPackages], folder);
  const lowest = await install("lowest", [tarball, "node@22.13.0", ...lowestPackages], folder);

  provide("folder", folder);
  provide("tarball", tarball);
  provide("newest", newest);
  provide("lowest", lowest);
  return async () => {
    await rm(tarball, { force: true });
    await rm(folder, { recursive: true, force: true });
  };
}

async function pack(folder: string): Promise<void> {
  const { heading, commands: [command] } = readSection("In your project");
  const cwd = join(folder, "packing");
  mkdirSync(cwd);
  // What this runs in is installed.
  await run(command!.replace("npm install && ", ""), {
    cwd,
    home: folder,
    source: `README.md, "${heading}"`,
  });
}

/** Installs packages in a new project, and returns its folder. */
async function install(name: string, packages: readonly string[], folder: string): Promise<string> {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  const options = { cwd, home: folder, source: "tests/package/setup.ts" };
  await run("npm init -y", options);
  await run("npm pkg set type=module", options);
  const names = packages.map((each) => `'${each}'`).join(" ");
  await run(`npm install --loglevel=error ${names}`, options);
  return cwd;
}
