import { describe, expect, test } from "vitest";
import { MemoryStore, persist, Ramify } from "../../../mod.ts";

/** `persist` as plain JavaScript sees it, without types that refuse anything. */
const untyped = persist as unknown as (...values: readonly unknown[]) => Promise<unknown>;

const db = () => new Ramify().createStore({ todos: { primaryKey: "id" } });

const ms = "pass milliseconds, a number from 0 up";
const whole = "pass a whole number from 1 up";
const versions = `${whole}, or an object with one for each collection`;
const anAdapter = "pass an adapter, such as new MemoryStore()";
const names =
  "debounce, maxWait, storageTimeout, retry, onFailure, onError, onSaved, onConflict, onCleared, onProgress, " +
  "onOpen, version, migrate, waitUntil, signal, page, clock, random";

describe("persist refuses by name", () => {
  test.for<[wrong: string, values: readonly unknown[], problem: string]>([
    ["no adapter", [db()], `adapter is undefined; ${anAdapter}`],
    ["an adapter that is a Map", [db(), new Map()], `adapter is a value of type Map; ${anAdapter}`],
    [
      "an adapter that was not awaited",
      [db(), Promise.resolve(new MemoryStore())],
      `adapter is a promise that was not awaited; ${anAdapter}`,
    ],
    [
      "an adapter in the place of the store",
      [new MemoryStore(), db()],
      `adapter is a value of type Object; ${anAdapter}`,
    ],
    ["options that are null", [db(), new MemoryStore(), null], "options is null; pass an object"],
    [
      "options that are a string",
      [db(), new MemoryStore(), "fast"],
      'options is "fast", a string; pass an object',
    ],
  ])("%s", async ([, values, problem]) => {
    await expect(untyped(...values)).rejects.toThrow(new TypeError(`Cannot persist: ${problem}`));
  });

  test.for<[options: object, problem: string]>([
    [{ onEror: () => {} }, `onEror is not an option; use ${names}`],
    [{ debounce: "50" }, `debounce is "50", a string; ${ms}`],
    [{ debounce: NaN }, `debounce is NaN; ${ms}`],
    [{ maxWait: -1 }, `maxWait is -1; ${ms}`],
    [{ retry: 5 }, "retry is 5; pass an object"],
    [
      { retry: { timeout: 3 } },
      "retry.timeout is not an option; use attempts, minDelay, maxDelay",
    ],
    [
      { retry: { atempts: 3 } },
      "retry.atempts is not an option; use attempts, minDelay, maxDelay",
    ],
    [{ retry: { attempts: 0 } }, `retry.attempts is 0; ${whole}`],
    [{ retry: { attempts: "3" } }, `retry.attempts is "3", a string; ${whole}`],
    [{ retry: { minDelay: Infinity } }, `retry.minDelay is Infinity; ${ms}`],
    [{ retry: { maxDelay: null } }, `retry.maxDelay is null; ${ms}`],
    [{ storageTimeout: "1 s" }, `storageTimeout is "1 s", a string; ${ms}`],
    [
      { onFailure: "rever" },
      'onFailure is "rever", a string; pass "keep", "revert" or a function',
    ],
    [{ onError: console }, "onError is a value of type console; pass a function"],
    [{ onSaved: true }, "onSaved is true; pass a function"],
    [{ onConflict: "mine" }, 'onConflict is "mine", a string; pass a function'],
    [{ onProgress: [] }, "onProgress is a value of type Array; pass a function"],
    [{ onOpen: {} }, "onOpen is a value of type Object; pass a function"],
    [{ version: "2" }, `version is "2", a string; ${versions}`],
    [{ version: 1.5 }, `version is 1.5; ${versions}`],
    [{ version: { todos: "2" } }, `version.todos is "2", a string; ${whole}`],
    [
      { version: { tods: 2 } },
      'version names "tods", which is not one of the collections; name todos',
    ],
    [{ migrate: {} }, "migrate is a value of type Object; pass a function"],
    [{ waitUntil: 5 }, "waitUntil is 5; pass a function"],
    [
      { signal: new AbortController() },
      "signal is a value of type AbortController; pass the signal of an AbortController",
    ],
    [{ page: true }, "page is true; pass a window, or false"],
    [
      { clock: Date },
      "clock is a value of type Function; pass an object with now, setTimeout and clearTimeout",
    ],
    [{ random: 0.5 }, "random is 0.5; pass a function"],
  ])("%o", async ([options, problem]) => {
    await expect(untyped(db(), new MemoryStore(), options))
      .rejects.toThrow(new TypeError(`Cannot persist: ${problem}`));
  });
});

test.for([undefined, null, {}, new MemoryStore(), { todos: { primaryKey: "id" } }])(
  "persist refuses %o, which is neither a store nor a collection",
  async (target) => {
    await expect(untyped(target, new MemoryStore())).rejects.toThrow(
      new TypeError(
        "Cannot persist this: it is neither a Ramify store with collections nor one of them; " +
          "pass what createStore returned",
      ),
    );
  },
);

test("persist takes options that are undefined, by whatever name", async () => {
  const options = { debounce: undefined, retry: undefined, onEror: undefined };
  await expect(untyped(db(), new MemoryStore(), options)).resolves.toBeDefined();
});

test("persist takes endless times where they make sense", async () => {
  const options = {
    debounce: 0,
    maxWait: Infinity,
    storageTimeout: Infinity,
    retry: { attempts: Infinity },
  };
  await expect(untyped(db(), new MemoryStore(), options)).resolves.toBeDefined();
});
