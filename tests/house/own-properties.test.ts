import { glob, readFile } from "node:fs/promises";
import { expect, test } from "vitest";

/** What may find inherited properties, and why. */
const allowed: Readonly<Record<string, string>> = {
  "src/persistence/adapter/json-tree.ts": "what is inherited only makes it slower",
  "src/shared/copy-json.ts": "what is inherited is skipped; it takes 0.6 of the time",
  "src/client/scope-elements.ts": "it asks what a node of the page can do",
  "src/client/check-options.ts":
    "an element in place of the options has its properties from its class",
};

/** Returns code without comments, texts and patterns, where `in` is a word like any other. */
function bare(code: string): string {
  return code
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/(^|[^:"'`\\])\/\/.*$/gm, "$1")
    .replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""')
    .replaceAll(/`(?:[^`\\]|\\.)*`/g, '""');
}

test("nothing asks with `in` or `for … in`, which find what other libraries added to Object.prototype", async () => {
  const found: string[] = [];
  for await (
    const file of glob(
      "src/{client,persistence/adapter,processor,processor/operations,router,shared}/*.ts",
    )
  ) {
    if (file.endsWith("client-script.ts") || Object.hasOwn(allowed, file)) continue;
    for (const line of bare(await readFile(file, "utf8")).split("\n")) {
      // Types have an `in` of their own: `{ [Name in keyof Options]: … }`.
      if (/(?<!\[\w+) in (?!keyof )/.test(line)) found.push(`${file}: ${line.trim()}`);
    }
  }
  expect(found).toEqual([]);
});
