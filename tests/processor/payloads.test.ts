import { describe, expect, test } from "vitest";
import { applyEvent, createProcessor, type Handlers, MemoryStore, NascError } from "../../mod.ts";
import { errorCode } from "../support/counter.ts";

function required(text: unknown): string {
  if (typeof text === "string" && text !== "") return text;
  throw new NascError("no-text", "Please write something", { fields: { text: "missing" } });
}

const handlers: Handlers = {
  Note: {
    mount: () => ({ text: "", count: 0, seen: [] as unknown[] }),
    destructured: ({ text }, state) => ({ ...state, text: required(text) }),
    named: (payload, state) => ({ ...state, text: required(payload.text) }),
    method({ text }, state) {
      return { ...state, text: required(text) };
    },
    async later({ text: { length } = "none" }, state) {
      return { ...state, count: await length };
    },
    // As a handler writes it that wants a number.
    counted: (amount = 1, state) => ({ ...state, count: state.count + amount }),
    defaulted: ({ by = 2 } = {}, state) => ({ ...state, count: state.count + by }),
    see: (payload, state) => ({ ...state, seen: [payload] }),
    ignored: (_payload, state) => ({ ...state, count: state.count + 1 }),
    alone: () => ({ count: -1 }),
  },
};
const note = { type: "Note", instance: "1" };

async function send(event: string, ...payloads: unknown[]): Promise<[string?, object?]> {
  const store = new MemoryStore();
  const process = createProcessor(handlers, store, { onError: () => {} });
  await process({ ...note, event: "mount" });
  const patches = await process({
    ...note,
    event,
    ...(payloads.length > 0 && { payload: payloads[0] }),
  });
  return [errorCode(patches), await store.load("Note", "1")];
}

describe("a message without a payload", () => {
  test.for([
    ["destructures", "destructured"],
    ["reads a member of", "named"],
    ["destructures, as a method,", "method"],
  ])("lets a handler that %s its payload say what is missing", async ([, event]) => {
    for (const payloads of [[], [undefined], [{}]]) {
      expect(await send(event!, ...payloads)).toMatchObject(["no-text", { text: "" }]);
    }
    expect(await send(event!, { text: "hi" })).toMatchObject([undefined, { text: "hi" }]);
  });

  test("gives `{}` to a handler", async () => {
    for (const payloads of [[], [undefined]]) {
      expect(await send("see", ...payloads)).toMatchObject([undefined, { seen: [{}] }]);
    }
    expect(await send("later")).toMatchObject([undefined, { count: 4 }]);
  });

  test.for([["a number", "counted", 1], ["an object", "defaulted", 2]] as const)(
    "gives a handler whose parameter has %s as its default that default",
    async ([, event, count]) => {
      expect(await send(event)).toMatchObject([undefined, { count }]);
      expect(await send(event, undefined)).toMatchObject([undefined, { count }]);
    },
  );

  test("runs a handler that needs none", async () => {
    expect(await send("ignored")).toMatchObject([undefined, { count: 1 }]);
    expect(await send("alone")).toEqual([undefined, { count: -1 }]);
  });

  test("is applied by applyEvent in the same way", async () => {
    const options = { handler: handlers["Note"]!, current: { count: 0 }, type: "Note", id: "1" };
    const dry = { ...options, dryRun: true };
    expect((await applyEvent({ ...dry, event: "see" })).newState).toMatchObject({ seen: [{}] });
    expect((await applyEvent({ ...dry, event: "counted" })).newState).toMatchObject({ count: 1 });
  });
});

test.for([[null], [0], [""], [false], [[]], ["text"], [{ a: null }]])(
  "a payload of %j reaches a handler as it is",
  async ([payload]) => {
    expect(await send("see", payload)).toMatchObject([undefined, { seen: [payload] }]);
  },
);
