import fc from "fast-check";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import { BoundedMaps } from "../../src/processor/bounded-maps.ts";
import { createNasc } from "../../src/router/mod.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

describe("what a process remembers", () => {
  test("is bounded, however many tenants come and go", () => {
    const maps = new BoundedMaps<number>(100);
    for (let tenant = 0; tenant < 1_000; tenant++) maps.of(`t${tenant}`).set("x", tenant);
    const kept = Array.from({ length: 1_000 }, (_, tenant) => maps.of(`t${tenant}`).get("x"));
    expect(kept.filter((value) => value !== undefined)).toEqual(
      Array.from({ length: 100 }, (_, index) => 900 + index),
    );
  });

  test("of a tenant is not forgotten for one that has more events", () => {
    const maps = new BoundedMaps<number>(100);
    const [quiet, busy] = [maps.of("quiet"), maps.of("busy")];
    for (let id = 0; id < 40; id++) quiet.set(`e${id}`, id);
    for (let id = 0; id < 1_000; id++) busy.set(`e${id}`, id);
    for (let id = 0; id < 40; id++) expect(quiet.get(`e${id}`)).toBe(id);
    expect([busy.get("e939"), busy.get("e940"), busy.get("e999")]).toEqual([undefined, 940, 999]);
  });

  test("is the latest: what was set again counts as new", () => {
    const map = new BoundedMaps<number>(2).of("a");
    for (const key of ["x", "y", "x", "z"]) map.set(key, 1);
    expect(["x", "y", "z"].map(map.has)).toEqual([true, false, true]);
    map.delete("x");
    map.set("y", 2);
    expect(["x", "y", "z"].map(map.has)).toEqual([false, true, true]);
  });

  test("is the same as if the largest of all groups were looked for each time", () => {
    const name = fc.constantFrom("a", "b", "c");
    const step = fc.record({ group: name, key: name, isSet: fc.boolean() });
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const maps = new BoundedMaps<number>(4);
      const kept = new Map<string, number>();
      for (const [value, { group, key, isSet }] of steps.entries()) {
        const own = maps.of(group);
        const sizes = ["a", "b", "c"].map((each) =>
          [...kept.keys()].filter((name) => name[0] === each).length
        );
        if (isSet) own.set(key, value);
        else own.delete(key);
        kept.delete(group + key);
        if (isSet) kept.set(group + key, value);
        for (const name of kept.keys()) {
          if (maps.of(name[0]!).has(name[1]!)) continue;
          // Only what is oldest in a group that no other exceeds may be missing, and only beyond the bound.
          expect([...kept.keys()].find((other) => other[0] === name[0])).toBe(name);
          expect(kept.size).toBe(5);
          const size = [...kept.keys()].filter((other) => other[0] === name[0]).length;
          expect(size).toBeGreaterThanOrEqual(Math.max(...sizes));
          kept.delete(name);
        }
        expect(kept.size).toBeLessThanOrEqual(4);
        for (const [name, value] of kept) expect(maps.of(name[0]!).get(name[1]!)).toBe(value);
      }
    }));
  });

  test("is found at once among that of ten thousand tenants", { timeout: 10_000 }, () => {
    const maps = new BoundedMaps<number>(10_000);
    for (let tenant = 0; tenant < 100_000; tenant++) maps.of(`t${tenant}`).set("x", tenant);
    expect([maps.of("t89999").has("x"), maps.of("t90000").has("x")]).toEqual([false, true]);
  });

  test("keeps the store of no tenant alive that is gone", async () => {
    const gone: number[] = [];
    const registry = new FinalizationRegistry((tenant: number) => gone.push(tenant));
    const { app } = createNasc({
      handlers: counterHandlers,
      store: (context) => {
        const store = new Map();
        registry.register(store, Number(context.req.header("x-tenant")));
        return store;
      },
    });
    for (let tenant = 0; tenant < 50; tenant++) {
      await app.request("/event", {
        method: "POST",
        headers: { "content-type": "application/json", "x-tenant": String(tenant) },
        body: JSON.stringify(counterMessage({ event: "mount" })),
      });
    }
    await vi.waitFor(() => {
      collect();
      expect(gone.length).toBeGreaterThan(45);
    });
  });
});
