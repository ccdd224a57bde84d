import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Adapter } from "../../src/persistence/adapter/adapter.ts";
import { encodeKey } from "../../src/persistence/adapter/keys.ts";
import { MemoryStore } from "../../src/persistence/adapter/memory.ts";
import { type AdapterCase, testAdapter } from "../../src/testing/mod.ts";
import * as commits from "./broken/commits.ts";
import * as documents from "./broken/documents.ts";
import type { Faults, Whole } from "./broken/fault.ts";
import * as lifetime from "./broken/lifetime.ts";
import * as lists from "./broken/lists.ts";
import { SharedMemory, SharedMemoryStore } from "./broken/shared-memory.ts";

const faults: Readonly<Record<string, Faults>> = {
  ...documents,
  ...lists,
  ...commits,
  ...lifetime,
};

/** Returns the suite for adapters that have a fault, on a memory of its own. */
function casesOf(fault: Faults[string]): ReadonlyMap<string, AdapterCase> {
  const memory = new SharedMemory();
  const cases = testAdapter("Memory", () => breakApart(memory, fault), {
    advance: (milliseconds) => {
      memory.now += milliseconds;
    },
    corrupt(type, key) {
      const [rows, encodedKey] = [memory.types.get(type)!, encodeKey(key)];
      rows.set(encodedKey, { ...rows.get(encodedKey)!, text: "{" });
    },
  });
  return new Map(cases.map((each) => [each.name, each]));
}

function breakApart(memory: SharedMemory, fault: Faults[string]): Adapter {
  const store = new SharedMemoryStore(memory);
  const whole: Whole = {
    name: store.name,
    capabilities: store.capabilities,
    source: store.source,
    get: (type, key) => store.get(type, key),
    list: (type, options) => store.list(type, options),
    pages: (type, options) => store.pages(type, options),
    count: (type) => store.count(type),
    commit: (writes) => store.commit(writes),
    clear: (type) => store.clear(type),
    watch: (type, listener) => store.watch(type, listener),
    load: (type, id) => store.load(type, id),
    persist: (type, id, diff, full) => store.persist(type, id, diff, full),
    close: () => store.close(),
  };
  return { ...whole, ...fault(whole, memory) } as Adapter;
}

const whole = casesOf(() => ({}));

describe("testAdapter", () => {
  // Nobody waits in vain for longer than a moment.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    vi.setTimerTickMode("nextTimerAsync");
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("passes an adapter that keeps every promise, and leaves out cases of what it does not promise", async () => {
    const leftOut: string[] = [];
    for (const { name, skip, run } of whole.values()) {
      expect(skip, name).toBeUndefined();
      await run({ skip: () => leftOut.push(name) });
    }
    expect(leftOut).toEqual([
      "Memory · conflicts · ifVersion is refused where it would not hold",
      "Memory · checks · checks are refused where they would not hold",
      "Memory · watch · an adapter without watch does not promise it",
      "Memory · expiry · a ttl is refused where entries cannot expire",
    ]);
  });

  test("has a case for each broken adapter, and the other way round", () => {
    const tried = Object.values(faults).flatMap((group) => Object.keys(group));
    expect([...whole.keys()].map((name) => name.split(" · ")[2]).sort()).toEqual(tried.sort());
  });

  for (const name of whole.keys()) {
    const [, group, sentence] = name.split(" · ");
    test(`fails an adapter of which it is not true that ${sentence}`, async () => {
      const fault = faults[group!]?.[sentence!];
      expect(fault, `an adapter that breaks "${sentence}"`).toBeDefined();
      const { run } = casesOf(fault!).get(name)!;
      await expect(run({ skip() {} })).rejects.toThrow();
    });
  }
});

describe("a case that testAdapter leaves out", () => {
  const skip = { reopening: "memory ends with its store" };

  test("names its reason: the caller's, or an option that is missing", () => {
    const cases = testAdapter("MemoryStore", () => new MemoryStore(), { skip });
    const reasons = new Map(cases.map((each) => [each.name.split(" · ")[1], each.skip]));
    expect([...reasons].filter(([, reason]) => reason)).toEqual([
      ["reopening", "memory ends with its store"],
      ["expired", "it needs the option `advance`"],
      ["damage", "it needs the option `corrupt`"],
    ]);
  });

  test("is reported to the runner, and logged if the runner cannot skip it", async () => {
    const cases = testAdapter("MemoryStore", () => new MemoryStore(), { skip });
    const { name, run } = cases.find((each) => each.name.endsWith("entries cannot expire"))!;
    const [skipped, logged] = [vi.fn(), vi.spyOn(console, "info").mockReturnValue()];
    await run({ skip: skipped });
    expect(skipped.mock.calls).toEqual([["entries of this backend can expire"]]);
    expect(logged).not.toHaveBeenCalled();
    await run();
    expect(logged.mock.calls).toEqual([[`${name}: left out, entries of this backend can expire`]]);
    logged.mockRestore();
  });

  test("has to exist", () => {
    expect(() => testAdapter("MemoryStore", () => new MemoryStore(), { skip: { speed: "slow" } }))
      .toThrow("skip names speed");
  });
});

describe("testAdapter refuses by name", () => {
  const untyped = testAdapter as unknown as (...values: readonly unknown[]) => unknown;
  const open = () => new MemoryStore();
  const opens = "pass a function that opens an adapter";

  test.for<[wrong: string, values: readonly unknown[], problem: string]>([
    ["no name", [open], "name is a value of type Function; pass a string"],
    ["nothing that opens", ["MemoryStore"], `open is undefined; ${opens}`],
    [
      "an adapter that is open",
      ["MemoryStore", new MemoryStore()],
      `open is a value of type Object; ${opens}`,
    ],
    [
      "a misspelt option",
      ["MemoryStore", open, { advence() {} }],
      "advence is not an option; use skip, advance, corrupt",
    ],
    [
      "a list of what to skip",
      ["MemoryStore", open, { skip: ["reopening"] }],
      "skip is a value of type Array; pass an object with a reason for each group or case",
    ],
    [
      "a skip without a reason",
      ["MemoryStore", open, { skip: { reopening: true } }],
      "skip.reopening is true; pass the reason, a string",
    ],
  ])("%s", ([, values, problem]) => {
    expect(() => untyped(...values)).toThrow(new TypeError(`Cannot test an adapter: ${problem}`));
  });
});
