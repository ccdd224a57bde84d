import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = [
  ...readdirSync(root),
  ...readdirSync(join(root, "docs")).map((name) => join("docs", name)),
].filter((path) => path.endsWith(".md"));

/** Returns the targets of a page's relative links and pictures. */
function linkTargets(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((match) => match[1]!);
}

test.for(pages)("every link in %s leads to an existing file", (page) => {
  const missing = linkTargets(page).filter((target) =>
    !existsSync(join(root, dirname(page), target))
  );
  expect(missing).toEqual([]);
});

test.for(pages)("every file that %s names in code exists", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const paths = [
    ...text.matchAll(/`((?:src|adapters|tests|docs|examples|scripts|bench)\/[\w./-]+)`/g),
  ].map((match) => match[1]!);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

interface Link {
  readonly page: string;
  readonly target: string;
}

/** Returns the relative links of the README and of every page that they lead to. */
function linksFrom(page: string, seen: Set<string> = new Set()): Link[] {
  if (seen.has(page) || !page.endsWith(".md")) return [];
  seen.add(page);
  const targets = linkTargets(page).map((target) => join(dirname(page), target));
  return targets.flatMap((target) => [{ page, target }, ...linksFrom(target, seen)]);
}

test.for(["package.json", "deno.json"])(
  "every page and picture that the README leads to is in the package of %s",
  (manifest) => {
    const { files, publish } = JSON.parse(readFileSync(join(root, manifest), "utf8"));
    // npm packs these by itself.
    const shipped: string[] = publish?.include ?? [...files, "README.md", "LICENSE"];
    const links = linksFrom("README.md");
    expect(links.length).toBeGreaterThan(0);
    const missing = links.filter(({ target }) =>
      !shipped.some((path) => target === path || target.startsWith(`${path}/`))
    );
    expect(missing).toEqual([]);
  },
);
