import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** Returns every module under a folder, as paths from the root. */
export function modules(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !/(^|\/)\./.test(path))
    .map((path) => join(folder, path));
}

/** Returns the code of a module without comments. */
export function code(path: string): string {
  return readFileSync(join(root, path), "utf8").replaceAll(
    /\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/.*$/gm,
    "",
  );
}

// Thousands of questions are about a few hundred modules.
const importsOf = new Map<string, readonly string[]>();

/** Returns what a module imports: paths from the root, and package names as they are. */
export function imports(path: string): readonly string[] {
  const known = importsOf.get(path);
  if (known) return known;
  const found = readImports(path);
  importsOf.set(path, found);
  return found;
}

function readImports(path: string): string[] {
  const specifiers = [
    ...code(path).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"'\s]+)["']/g),
  ].map((match) => match[1]!);
  return specifiers.map((specifier) =>
    specifier.startsWith(".") ? relative(root, join(root, dirname(path), specifier)) : specifier
  );
}

/** Returns a module and everything it reaches by relative imports. */
export function reachable(entry: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const path of imports(entry)) {
    if (!seen.has(path) && existsSync(join(root, path))) reachable(path, seen);
  }
  return seen;
}
