import { describe, expect, test } from "vitest";
import { createProcessor, type Handlers, MemoryStore, type Message } from "../../mod.ts";
import { errorCode } from "../support/counter.ts";

const secret = "a-secret-of-the-handler";

class Inherited {
  inherited(): object {
    return { reached: true };
  }
}

function givenHandlers(): Handlers {
  return {
    User: {
      mount: () => ({ role: "guest" }),
      rename: (name: string, state: object) => ({ ...state, name }),
      _promote: (_: unknown, state: object) => ({ ...state, role: "admin" }),
    },
    _Internal: { mount: () => ({ hidden: true }) },
  };
}

async function mounted(): Promise<
  [process: ReturnType<typeof createProcessor>, store: MemoryStore]
> {
  const store = new MemoryStore();
  const handlers = givenHandlers();
  const process = createProcessor(handlers, store);
  // Refused when handlers are given, and still no event where they get it later.
  Object.assign(Object.setPrototypeOf(handlers["User"]!, new Inherited()), { secret });
  await process({ type: "User", instance: "me", event: "mount" });
  return [process, store];
}

describe("a processor", () => {
  test.for([
    "constructor",
    "valueOf",
    "toString",
    "hasOwnProperty",
    "__proto__",
    "__defineGetter__",
    "inherited",
    "_promote",
    "secret",
    "unknown",
  ])("refuses the event %s and leaves the state unchanged", async (event) => {
    const [process, store] = await mounted();
    const patches = await process({
      type: "User",
      instance: "me",
      event,
      payload: { role: "admin" },
    });
    expect(errorCode(patches)).toBe("unknown-event");
    expect(JSON.stringify(patches)).not.toContain(secret);
    expect(await store.load("User", "me")).toEqual({ role: "guest" });
  });

  test.for(["constructor", "__proto__", "toString", "_Internal", "_nasc_receipts", "Unknown"])(
    "refuses the type %s",
    async (type) => {
      const [process] = await mounted();
      expect(errorCode(await process({ type, instance: "me", event: "mount" }))).toBe(
        "unknown-type",
      );
    },
  );

  test.for<[string, unknown]>([
    ["is null", null],
    ["is a string", "mount"],
    ["is an array", []],
    ["has no instance", { type: "User", event: "rename" }],
    ["has a number as its type", { type: 1, instance: "me", event: "rename" }],
    ["has an empty event", { type: "User", instance: "me", event: "" }],
    ["has a line break in its instance", { type: "User", instance: "me\nid: 1", event: "rename" }],
    ["has a lone surrogate in its instance", { type: "User", instance: "\ud800", event: "rename" }],
    ["has a name of a thousand letters", {
      type: "User",
      instance: "x".repeat(1000),
      event: "rename",
    }],
    ["has an eventId that would smuggle in an SSE frame", {
      type: "User",
      instance: "me",
      event: "rename",
      eventId: "1\nevent: x\ndata: y",
    }],
    ["has a number as its eventId", { type: "User", instance: "me", event: "rename", eventId: 1 }],
  ])("refuses a message that %s", async ([, message]) => {
    const [process] = await mounted();
    expect(errorCode(await process(message as Message))).toBe("invalid-message");
  });

  test("refuses a payload with __proto__ at any depth", async () => {
    const [process, store] = await mounted();
    for (const text of ['{"__proto__":{"admin":true}}', '[{"a":{"__proto__":1}}]']) {
      const message = { type: "User", instance: "me", event: "rename", payload: JSON.parse(text) };
      expect(errorCode(await process(message))).toBe("invalid-payload");
    }
    expect(await store.load("User", "me")).toEqual({ role: "guest" });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test.for<[string, string]>([
    ["__proto__ beside its payload", '"__proto__":{"payload":"root"}'],
    ["__proto__ deep in a part that nobody reads", '"extra":[{"a":{"__proto__":1}}]'],
    ["a part nested 100,000 deep", `"extra":${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["a clientId nested 501 deep", `"clientId":${"[".repeat(501)}${"]".repeat(501)}`],
  ])("refuses a message with %s", async ([, part]) => {
    const [process, store] = await mounted();
    const message = JSON.parse(`{"type":"User","instance":"me","event":"rename",${part}}`);
    expect(errorCode(await process(message))).toBe("invalid-message");
    expect(await store.load("User", "me")).toEqual({ role: "guest" });
  });

  test("takes a payload of 100 levels, and refuses one of 101", async () => {
    const [process, store] = await mounted();
    const answers = [100, 101].map(async (levels) => {
      const payload = JSON.parse("[".repeat(levels) + "]".repeat(levels));
      return errorCode(await process({ type: "User", instance: "me", event: "rename", payload }));
    });
    expect(await Promise.all(answers)).toEqual([undefined, "invalid-payload"]);
    const { name } = await store.load("User", "me");
    expect(JSON.stringify(name)).toHaveLength(200);
  });

  test("refuses a payload nested 100,000 deep and exhausts no stack", async () => {
    const [process] = await mounted();
    const payload = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
    const patches = await process({ type: "User", instance: "me", event: "rename", payload });
    expect(errorCode(patches)).toBe("invalid-payload");
  });
});
