import { describe, expect, test, vi } from "vitest";
import { createProcessor, MemoryStore } from "../../mod.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";

describe("mount", () => {
  test("creates the instance and returns its schemas and its whole state", async () => {
    const schemas = {
      List: { properties: { items: { items: { $ref: "#/$defs/Item" } } } },
      Item: { properties: { title: { type: "string" } } },
    };
    const handlers = { List: { mount: () => ({ items: [], open: true }) } };
    const process = createProcessor(handlers, new MemoryStore(), { schemaProvider: schemas });
    expect(await process({ type: "List", instance: "a", event: "mount" })).toEqual([
      { action: "schema", type: "List", instance: "a", schema: schemas.List },
      { action: "schema", type: "Item", instance: "a", schema: schemas.Item },
      { action: "bindUpdate", type: "List", instance: "a", prop: "items", value: [], rev: 1 },
      { action: "bindUpdate", type: "List", instance: "a", prop: "open", value: true, rev: 1 },
    ]);
  });

  test("returns each schema that is referred to once, also from definitions and in circles", async () => {
    const schemas = {
      Tree: {
        properties: {
          root: { $ref: "#/$defs/Node" },
          owner: { anyOf: [{ $ref: "#/$defs/Person" }, { type: "null" }] },
        },
        $defs: { Person: { title: "Person" } },
      },
      Node: {
        properties: {
          children: { items: { $ref: "#/$defs/Node" } },
          tree: { $ref: "#/$defs/Tree" },
        },
      },
    };
    const process = createProcessor({ Tree: {} }, new MemoryStore(), {
      schemaProvider: (type) => (schemas as never)[type],
    });
    const patches = await process({ type: "Tree", instance: "a", event: "mount" });
    expect(patches).toEqual([
      { action: "schema", type: "Tree", instance: "a", schema: schemas.Tree },
      { action: "schema", type: "Node", instance: "a", schema: schemas.Node },
      { action: "schema", type: "Person", instance: "a", schema: { title: "Person" } },
    ]);
  });

  test.each([
    ["#/$defs/To~1do", "To/do"],
    ["#/$defs/To~01do", "To~1do"],
    ["#/$defs/To%20do", "To do"],
    ["#/$defs/T%C3%B3do%25", "Tódo%"],
    ["#/$defs/To%7E1do", "To/do"],
    ["#/%24defs/Todo", "Todo"],
  ])("returns the schema that the URI %s refers to", async ($ref, type) => {
    const schemas = { List: { items: { $ref } }, [type]: { title: "found" } };
    const process = createProcessor({ List: {} }, new MemoryStore(), { schemaProvider: schemas });
    expect(await process({ type: "List", instance: "a", event: "mount" })).toEqual([
      { action: "schema", type: "List", instance: "a", schema: schemas.List },
      { action: "schema", type, instance: "a", schema: { title: "found" } },
    ]);
  });

  test.each(["#/$defs/100%", "#/$defs/Item/title", "other.json#/$defs/Item", "Item"])(
    "returns no schema for %s, which refers to no definition",
    async ($ref) => {
      const schemas = { List: { items: { $ref } }, Item: {}, "100%": {}, "Item/title": {} };
      const process = createProcessor({ List: {} }, new MemoryStore(), { schemaProvider: schemas });
      expect(await process({ type: "List", instance: "a", event: "mount" })).toEqual([
        { action: "schema", type: "List", instance: "a", schema: schemas.List },
      ]);
    },
  );

  test("of an existing instance returns its state and runs no handler", async () => {
    const mount = vi.fn(() => ({ count: 0 }));
    const process = createProcessor(
      { Counter: { ...counterHandlers.Counter, mount } },
      new MemoryStore(),
    );
    await process(counterMessage({ event: "mount" }));
    await process(counterMessage({ payload: 5 }));
    const patches = await process(counterMessage({ event: "mount" }));
    expect(patches).toMatchObject([{ prop: "count", value: 5, rev: 2 }]);
    expect(mount).toHaveBeenCalledTimes(1);
  });

  test("at the same time from three processors creates the instance once", async () => {
    const store = new MemoryStore();
    const processes = [1, 2, 3].map(() => createProcessor(counterHandlers, store));
    const answers = await Promise.all(
      processes.map((process) => process(counterMessage({ event: "mount" }))),
    );
    await processes[0]!(counterMessage({ payload: 7 }));
    expect(answers.flat().map((patch) => "rev" in patch && patch.rev)).toEqual([1, 1, 1]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 7 });
  });

  test("takes the id from the instance, whatever the payload says", async () => {
    const mount = vi.fn(({ id }: { id: string }) => ({ owner: id }));
    const process = createProcessor({ User: { mount } }, new MemoryStore());
    const payload = { id: "victim", userId: "victim", userid: "victim" };
    await process({ type: "User", instance: "mallory", event: "mount", payload });
    expect(mount.mock.calls[0]![0]).toEqual({ id: "mallory", userId: "mallory" });
  });
});
