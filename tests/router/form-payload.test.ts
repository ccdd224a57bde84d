import { describe, expect, test } from "vitest";
import { formActionOf } from "../../src/page/form-action.ts";
import { app } from "./support.ts";

type Action = Partial<Parameters<typeof formActionOf>[1]>;

/** Sends a form, and returns what its handler received, or the status of its refusal. */
async function received(action: Action, fields: readonly (readonly [string, string])[]) {
  let payload: unknown;
  const Note = {
    mount: () => ({}),
    write(given: unknown) {
      payload = given;
      return {};
    },
  };
  const url = formActionOf("/nasc", { type: "Note", id: "a", event: "write", ...action });
  const response = await app({ handlers: { Note } }).request(url, {
    method: "POST",
    body: new URLSearchParams(fields.map(([name, value]) => [name, value])),
  });
  return response.status === 303 ? payload : response.status;
}

describe("the payload of a form without script", () => {
  test.for<[string, Action, [string, string][], unknown]>([
    ["a checked box is true", { flags: ["done"] }, [["done", "on"]], { done: true }],
    ["an empty box is false", { flags: ["done"] }, [["t", "x"]], { t: "x", done: false }],
    ["a list of none", { lists: ["tags"] }, [], { tags: [] }],
    ["a list of one", { lists: ["tags"] }, [["tags", "a"]], { tags: ["a"] }],
    ["a list of two", { lists: ["tags"] }, [["tags", "a"], ["tags", "b"]], { tags: ["a", "b"] }],
    ["a button's data", { data: { id: "5", "the-name": "x" } }, [], { id: "5", "the-name": "x" }],
    ["a field before data", { data: { id: "5" } }, [["id", "6"]], { id: "6" }],
    ["names of all objects", { flags: ["toString"], lists: ["valueOf"] }, [], {
      toString: false,
      valueOf: [],
    }],
    ["a constructor", { data: { constructor: "x" } }, [], { constructor: "x" }],
  ])("holds %s", async ([, action, fields, payload]) => {
    expect(await received(action, fields)).toEqual(payload);
  });

  test.for<[string, Action]>([
    ["data", { data: JSON.parse('{"__proto__":"x"}') }],
    ["flags", { flags: ["__proto__"] }],
    ["lists", { lists: ["__proto__"] }],
    ["101 flags", { flags: Array.from({ length: 101 }, (_, index) => `f${index}`) }],
    ["101 rows", { rows: Array.from({ length: 101 }, () => "1") }],
    ["101 names", { keep: Array.from({ length: 101 }, () => "a") }],
    ["a long name", { lists: ["a".repeat(513)] }],
    ["a long name of data", { data: { ["a".repeat(513)]: "" } }],
  ])("holds no prototype, nor more than it may: %s", async ([, action]) => {
    expect(await received(action, [])).toBe(400);
    expect(({} as Record<string, unknown>)["x"]).toBe(undefined);
  });

  test("comes with an action of 16,384 characters at most", async () => {
    expect(await received({ data: { text: "a".repeat(16_384) } }, [])).toBe(413);
    expect(await received({ data: { text: "a".repeat(16_000) } }, [])).toBeTypeOf("object");
  });
});
