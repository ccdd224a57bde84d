import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Returns what the compiler says of a program with a store of issues. */
function messagesOf(program: string): string {
  const folder = mkdtempSync(join(tmpdir(), "rian-compiler-"));
  const file = join(folder, "program.ts");
  writeFileSync(
    file,
    `import { Ramify, type Schema } from ${JSON.stringify(join(root, "src/store/mod.ts"))};
    interface Issue { id: number; status: "open" | "closed"; stats: { level: number } }
    const db = new Ramify().createStore<{ issues: Schema<Issue, "id"> }>({
      issues: { primaryKey: "id", indexes: ["status", "stats.level"] },
    });
    ${program}`,
  );
  const options = "--noEmit --strict --skipLibCheck --target es2023 --lib es2024,dom,esnext " +
    "--module nodenext --allowImportingTsExtensions --types node";
  const typeRoots = ["--typeRoots", join(root, "node_modules/@types")];
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(
    process.execPath,
    [tsc, ...options.split(" "), ...typeRoots, file],
    { encoding: "utf8", cwd: folder },
  );
  rmSync(folder, { recursive: true });
  return stdout;
}

const fields = '"id" | "stats" | "stats.level" | "status"';

const wrong: readonly (readonly [program: string, message: string])[] = [
  [
    'db.issues.where("nope");',
    `Argument of type '"nope"' is not assignable to parameter of type ` +
    `'${fields} | Criteria<Issue> | readonly (${fields})[]'.`,
  ],
  [
    'db.issues.where(["status", "nope"]);',
    `Type '"nope"' is not assignable to type '${fields}'.`,
  ],
  [
    "db.issues.where({ nope: 1 });",
    "Object literal may only specify known properties, and 'nope' does not exist in type " +
    `'Criteria<Issue> | readonly (${fields})[]'.`,
  ],
  [
    'db.issues.where({ status: "opn" });',
    `Type '"opn"' is not assignable to type ` +
    `'"closed" | "open" | readonly ("closed" | "open")[] | undefined'.`,
  ],
];
const messages = messagesOf(wrong.map(([program]) => program).join("\n"));

test.for(wrong)(
  "the compiler's message for %s names the fields or values there are",
  ([, message]) => {
    expect(messages).toContain(message);
  },
);
