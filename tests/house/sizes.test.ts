import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);

test("the README says the sizes that scripts/sizes.json holds", () => {
  const sizes: Record<string, number> = JSON.parse(
    readFileSync(new URL("scripts/sizes.json", root), "utf8"),
  );
  const readme = readFileSync(new URL("README.md", root), "utf8");
  const said = [...readme.matchAll(/([\d.]+) kB/g)].map(([, number]) => number);
  const sets = [
    "the store",
    "the store with live queries",
    "local-first",
    "the client as served",
  ];
  expect(said).toEqual(sets.map((name) => (sizes[name]! / 1000).toFixed(1)));
});
