import { expect, test } from "vitest";
import { createProcessor, type JsonSchema, MemoryStore } from "../../mod.ts";

const rest = "r".repeat(2_000);
const schema: JsonSchema = {
  type: "object",
  properties: { shelves: { type: "object", additionalProperties: { $ref: "#/$defs/Shelf" } } },
  $defs: {
    Shelf: { type: "array", "x-na:key": "sku", items: { allOf: [{ $ref: "#/$defs/Part" }] } },
    Part: { type: "object", properties: { sizes: { type: "array", "x-na:key": "size" } } },
  },
};

/** Moves the last part first, which also changes. Returns the log that this leaves. */
async function logAfterMove(schemaProvider?: object | ((type: string) => unknown)) {
  const parts = Array.from({ length: 20 }, (_, sku) => {
    return { sku: `s${sku}`, n: 0, text: "some text that is long", sizes: [{ size: 1 }] };
  });
  const store = new MemoryStore();
  const process = createProcessor(
    {
      Shop: {
        mount: () => ({ rest, shelves: { top: parts } }),
        move: (_, { shelves: { top } }) => ({
          rest,
          shelves: { top: [{ ...top.at(-1), n: 1 }, ...top.slice(0, -1)] },
        }),
        wait: (_, state) => state,
      },
    },
    store,
    { schemaProvider: schemaProvider as never },
  );
  for (const event of ["mount", "wait", "move"]) {
    await process({ type: "Shop", instance: "s", event });
  }
  return ((await store.get("Shop", "s"))!.metadata as { readonly log: string }).log;
}

const moved = `[{'op':'move','from':'/shelves/top/0','path':'/shelves/top/19'},` +
  `{'op':'replace','path':'/shelves/top/19/n','value':0}]`;

test.for<[string, object | ((type: string) => unknown)]>([
  ["an object with schemas", { Shop: schema }],
  ["a function", () => schema],
  ["a function that promises them", () => Promise.resolve(schema)],
])("the items of a list are told apart by the x-na:key of %s", async ([, provider]) => {
  expect(await logAfterMove(provider)).toBe(moved);
});

test.for<[string, object | ((type: string) => unknown) | undefined]>([
  ["no schema", undefined],
  ["a schema of another type", { Other: schema }],
  ["a schema without keys", { Shop: { type: "object" } }],
  ["a schema that refers to itself", {
    Shop: { $ref: "#", anyOf: [{ $ref: "#" }, { $ref: "#/$defs/None" }], "x-na:key": "n" },
  }],
  ["a reference that leads nowhere", {
    Shop: { properties: { shelves: { $ref: "#/$defs/~9" }, other: { "x-na:key": "sku" } } },
  }],
])("%s leaves events as they are", async ([, provider]) => {
  expect(await logAfterMove(provider)).toContain("'op':");
});

test("a function for schemas that fails, or never ends, holds up no event", async () => {
  let calls = 0;
  const fails = () => {
    calls++;
    throw new Error("no schemas today");
  };
  const store = new MemoryStore();
  for (const schemaProvider of [fails, () => new Promise<undefined>(() => {})]) {
    const process = createProcessor(
      { Counter: { add: (_, { n = 0 }) => ({ n: n + 1 }) } },
      store,
      { schemaProvider },
    );
    for (let count = 0; count < 2; count++) {
      const patches = await process({ type: "Counter", instance: "c", event: "add" });
      expect(patches).toMatchObject([{ prop: "n" }]);
    }
  }
  expect(calls).toBeGreaterThan(1);
  expect(await store.load("Counter", "c")).toEqual({ n: 4 });
});
