import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  applyEvent,
  createProcessor,
  defineHandler,
  type Handlers,
  MemoryStore,
} from "../../mod.ts";
import { errorCode } from "../support/counter.ts";

const define = defineHandler() as unknown as (definition: unknown) => Handlers[string];
const add = (_: unknown, state: object) => state;
const schema = z.object({ n: z.number() });

/** Returns the error that a definition causes when it is given. */
function refusal(definition: unknown): string | undefined {
  try {
    define(definition);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message;
  }
}

class Viewed {
  view(): object {
    return {};
  }
}

describe("a definition is refused by name when it is given:", () => {
  test.for<[what: string, definition: unknown, problem: string]>([
    ["none", undefined, " is undefined; pass an object with mount, events and what describes them"],
    ["a list", [add], " is a value of type Array; pass an object with mount"],
    ["an event that is no function", { add: 5 }, ".add is 5; pass a function, or begin the name"],
    ["a mount that is a state", { mount: {} }, ".mount is a value of type Object; pass a function"],
    [
      "a view that is no function",
      { view: {} },
      ".view is a value of type Object; pass a function",
    ],
    ["a view that is a class", { view: Viewed }, ".view is a class; pass a function"],
    [
      "a view that is inherited",
      new Viewed(),
      " inherits view, and only what is its own describes",
    ],
    [
      "schemas that are inherited",
      Object.create({ schemas: {} }),
      " inherits schemas, and only what is its own describes it; pass a plain object",
    ],
    [
      "a viewKey without a view",
      { viewKey: () => "" },
      ".viewKey names what viewers share, and there is no view; pass a view, or leave it out",
    ],
    ["version 0", { version: 0 }, ".version is 0; pass a whole number from 1 up"],
    ["version 1.5", { version: 1.5 }, ".version is 1.5; pass a whole number from 1 up"],
    [
      "a version as text",
      { version: "2" },
      '.version is "2", a string; pass a whole number from 1',
    ],
    [
      "a version that is a function",
      { version: add },
      ".version is a value of type Function; pass",
    ],
    [
      "a migrate that is no function",
      { version: 2, migrate: [] },
      ".migrate is a value of type Arr",
    ],
    [
      "a migrate to no version",
      { migrate: add },
      ".migrate migrates to a version, and there is none",
    ],
    [
      "a refused that is no function",
      { refused: "taken" },
      '.refused is "taken", a string; pass a',
    ],
    [
      "schemas that are no object",
      { add, schemas: [schema] },
      ".schemas is a value of type Array;",
    ],
    [
      "one schema in place of schemas",
      { add, schemas: schema },
      ".schemas is one schema; pass an o",
    ],
    [
      "a schema for no event",
      { add, remove: add, schemas: { ad: schema } },
      ".schemas.ad is for no event; the events are add, remove",
    ],
    [
      "a schema where nothing is an event",
      { schemas: { add: schema } },
      ".schemas.add is for no event; there are no events",
    ],
    [
      "a schema for a helper",
      { _add: add, schemas: { _add: schema } },
      ".schemas._add is for no ev",
    ],
    [
      "a schema for the view",
      { view: add, schemas: { view: schema } },
      ".schemas.view is for no ev",
    ],
    [
      "a schema for no mount",
      { add, schemas: { mount: schema } },
      ".schemas.mount checks what mount gets, and there is no mount; leave it out",
    ],
    [
      "a schema for states where that is an event",
      { state: add, schemas: { state: schema } },
      ".schemas.state checks states, and there is an event of that name; rename the event",
    ],
    [
      "a JSON Schema",
      { add, schemas: { add: { type: "object", properties: {} } } },
      ".schemas.add is no Standard Schema; pass one of zod, valibot, arktype or the like, " +
      "or wrap a JSON Schema: jsonSchema(…) of rian/json-schema",
    ],
    [
      "a JSON Schema that is true",
      { add, schemas: { add: true } },
      ".schemas.add is no Standard Sc",
    ],
    [
      "a function as a schema",
      { add, schemas: { add } },
      ".schemas.add is no Standard Schema; pass",
    ],
    [
      "a schema of another version",
      { add, schemas: { add: { "~standard": { version: 2, vendor: "x", validate: add } } } },
      ".schemas.add is of version 2 of Standard Schema; pass one of version 1",
    ],
    [
      "internal events that are no list",
      { add, internal: "add" },
      '.internal is "add", a string; p',
    ],
    [
      "an internal event that is none",
      { add, internal: ["add", "ad"] },
      '.internal[1] is "ad", a string; the events are add',
    ],
    [
      "an internal mount",
      { mount: add, internal: ["mount"] },
      '.internal[0] is "mount", a string; ',
    ],
  ])("%s", ([, definition, problem]) => {
    expect(refusal(definition)).toContain(`Cannot define a handler: definition${problem}`);
  });

  test("in the first call, which takes nothing", () => {
    const once = defineHandler as unknown as (definition: object) => unknown;
    expect(() => once({ add })).toThrow("write defineHandler()({ … })");
  });

  test("but where a library has added functions to every object", () => {
    Object.assign(Object.prototype, { view: add, leaked: add });
    try {
      expect(refusal({ add })).toBeUndefined();
    } finally {
      const root = Object.prototype as { view?: unknown; leaked?: unknown };
      delete root.view;
      delete root.leaked;
    }
  });
});

describe("what describes a handler", () => {
  const parts = {
    view: add,
    viewKey: () => "all",
    schemas: { add: schema },
    version: 2,
    migrate: add,
    refused: () => undefined,
    internal: ["credit"],
  };
  const Account = define({
    mount: () => ({ n: 0 }),
    ...parts,
    add: ({ n }: { n: number }, state: { n: number }) => ({ n: state.n + n }),
    credit: (n: number, state: { n: number }) => ({ n: state.n + n }),
    _secret: add,
  });
  const account = { type: "Account", instance: "a" };

  test.for([...Object.keys(parts), "mount", "_secret", "constructor", "toString"])(
    "is no event: %s",
    async (event) => {
      const store = new MemoryStore();
      const process = createProcessor({ Account }, store);
      if (event === "mount") {
        return expect(errorCode(await process({ ...account, event }))).toBe(undefined);
      }
      expect(errorCode(await process({ ...account, event }))).toBe("unknown-event");
      expect(await store.get("Account", "a")).toBeUndefined();
    },
  );

  test.for(Object.entries(parts))(
    "needs defineHandler, and is refused in a plain object: %s",
    ([name, value]) => {
      const handler = { add, credit: add, [name]: value };
      expect(() => createProcessor({ Account: handler as Handlers[string] }, new MemoryStore()))
        .toThrow(
          new RegExp(`^Cannot create a processor: handlers.Account.${name} .*defineHandler`),
        );
    },
  );

  test("is lost with a copy, which is refused", () => {
    expect(() => createProcessor({ Account: { ...Account } }, new MemoryStore()))
      .toThrow(/handlers\.Account\.view .* defineHandler\(\)\(\{ … \}\)$/);
  });

  test("is accepted, and its events run", async () => {
    const store = new MemoryStore();
    const process = createProcessor({ Account }, store);
    await process({ ...account, event: "add", payload: { n: 2 } });
    expect(await store.load("Account", "a")).toMatchObject({ n: 2 });
  });

  test("is checked by applyEvent too", async () => {
    const step = { handler: Account, current: { n: 1 }, type: "Account", id: "a", dryRun: true };
    expect((await applyEvent({ ...step, event: "add", payload: { n: 2 } })).newState).toEqual({
      n: 3,
    });
    await expect(applyEvent({ ...step, event: "add", payload: { n: "2" } })).rejects
      .toMatchObject({ code: "invalid", fields: { n: expect.any(String) } });
  });
});

test("an internal event runs for the server and is unknown to applications that do not name it", async () => {
  const Account = defineHandler()({
    mount: () => ({ n: 0 }),
    credit: (n: number, state) => ({ n: state.n + n }),
    internal: ["credit"],
  });
  const process = createProcessor({ Account }, new MemoryStore());
  const credit = { type: "Account", instance: "a", event: "credit", payload: 5 } as const;
  expect(await process(credit)).toMatchObject([{ prop: "n", value: 5 }]);
});
