import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "docs")).map((name) => join("docs", name)),
];

test.for(pages)("every link in %s leads to an existing file", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((match) =>
    match[1]!
  );
  expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
});

test.for(pages)("every file that %s names in code exists", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const paths = [
    ...text.matchAll(/`((?:src|adapters|tests|docs|examples|scripts|bench)\/[\w./-]+)`/g),
  ].map((match) => match[1]!);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
