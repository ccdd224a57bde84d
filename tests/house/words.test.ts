import { expect, test } from "vitest";
import { code, modules } from "./modules.ts";

const sources = ["src", "adapters", "examples", "scripts", "bench", "tests"].flatMap(modules)
  .filter((path) => path !== "src/router/client-script.ts");

/** Returns the matches of a pattern in the code of some modules, each with its place. */
function found(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    [...code(path).matchAll(pattern)].map(([match]) => `${path}: ${match.trim()}`)
  );
}

test("constants are camelCase", () => {
  expect(found(sources, /^(?:export )?const [A-Z][A-Z0-9_]+\b/gm)).toEqual([]);
});

test("the names of na-* attributes are written once, in src/page/attributes.ts", () => {
  const others = modules("src").filter((path) =>
    path !== "src/page/attributes.ts" && path !== "src/router/client-script.ts"
  );
  expect(found(others, /["'`[]n[ag]-[a-z-]+/g)).toEqual([]);
});
