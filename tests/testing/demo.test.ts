import { describe, expect, test } from "vitest";
import { schemas } from "../../examples/demo/schemas.ts";
import { todoListHandler } from "../../examples/demo/todo-list.ts";
import { userHandler } from "../../examples/demo/user.ts";
import { harness } from "../../src/testing/mod.ts";

/** Returns the demo's handlers in a harness, and what sends to its two instances. */
function demo() {
  const { send, mount } = harness({ TodoList: todoListHandler, User: userHandler }, {
    schemaProvider: schemas,
  });
  return {
    mount,
    list: (event: string, payload: unknown = {}) => send("TodoList", "my-list", event, payload),
    user: (payload: unknown) => send("User", "me", "save_profile", payload),
  };
}

describe("the demo's to-do list", () => {
  test("begins with two to-dos, and is stored when a page shows it", async () => {
    const { state, writes } = await demo().mount("TodoList", "my-list");
    expect(state?.items.map(({ id }) => id)).toEqual(["learn", "build"]);
    expect(writes).toHaveLength(1);
  });

  test("adds what was written at its end, without the space around it", async () => {
    const { state, eventId } = await demo().list("add_todo", { title: "  Rest " });
    expect(state?.items.at(-1)).toEqual({ id: eventId, title: "Rest", completed: false });
  });

  test("tells a page of the one row that has changed", async () => {
    const { list } = demo();
    await list("add_todo", { title: "Rest" });
    const toggled = await list("toggle_todo", { id: "build" });
    expect(toggled.frames).toMatchObject([{
      action: "patch",
      ops: [{ op: "replace", path: "/items/1/completed", value: true }],
    }]);
    const moved = await list("move_up", { id: "build" });
    expect(moved.ops).toMatchObject([{ op: "move" }]);
    const removed = await list("remove_todo", { id: "build" });
    expect(removed.ops).toEqual([{ op: "remove", path: "/items/0" }]);
  });

  test.for([undefined, null, "Rest", [], {}, { title: " " }, { title: 5 }, { title: ["Rest"] }])(
    "refuses %j as a to-do, and says so at the field",
    async (payload) => {
      const { error, writes } = await demo().list("add_todo", payload);
      expect(error).toMatchObject({ code: "no-title", fields: { title: expect.any(String) } });
      expect(writes).toEqual([]);
    },
  );

  test.for(["toggle_todo", "move_up", "move_down", "remove_todo"])(
    "%s of a to-do that there is not changes nothing",
    async (event) => {
      const { list, mount } = demo();
      await mount("TodoList", "my-list");
      for (const payload of [{}, null, { id: "nothing" }, { id: ["learn"] }]) {
        const { outcome, writes, error } = await list(event, payload);
        expect({ outcome, writes, error })
          .toEqual({ outcome: "unchanged", writes: [], error: undefined });
      }
    },
  );

  test("a to-do at the end of the list moves no further", async () => {
    const { list, mount } = demo();
    await mount("TodoList", "my-list");
    expect((await list("move_up", { id: "learn" })).outcome).toBe("unchanged");
    expect((await list("move_down", { id: "build" })).outcome).toBe("unchanged");
    expect((await list("move_down", { id: "learn" })).state?.items.map(({ id }) => id))
      .toEqual(["build", "learn"]);
  });
});

describe("the demo's profile", () => {
  test("is saved, field by field", async () => {
    const { user } = demo();
    const { state } = await user({ name: "Ada", email: "ada@example.org" });
    expect(state).toEqual({ id: "me", name: "Ada", email: "ada@example.org" });
    expect((await user({ name: "Ada L." })).diff).toEqual({ name: "Ada L." });
  });

  test("names every field that is wrong, and keeps what was there", async () => {
    const { user } = demo();
    const { state } = await user({ name: "Ada", email: "ada@example.org" });
    const refused = await user({ name: " ", email: "ada@" });
    expect(Object.keys(refused.error?.fields ?? {})).toEqual(["name", "email"]);
    expect(refused.state).toEqual(state);
  });
});
