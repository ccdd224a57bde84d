import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const directive = '/// <reference lib="esnext.disposable" preserve="true" />\n';

/**
 * Adds to each declaration file in a folder that names `Disposable` or its symbols the library that declares them, for
 * users whose `lib` lacks it. The sources cannot name it: JSR bans the directive.
 */
export function declareDisposable(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".d.ts")) continue;
    const path = join(folder, name);
    const text = readFileSync(path, "utf8");
    if (!/\b(Async)?Disposable\b|\bSymbol\.(asyncD|d)ispose\b/.test(text)) continue;
    writeFileSync(path, directive + text);
    moveDown(`${path}.map`);
  }
}

/** Makes a source map fit a file that has a new first line. */
function moveDown(path: string): void {
  const map = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...map, mappings: `;${map.mappings}` }));
}
