import type { Hono } from "hono";
import { describe, expect, test, vi } from "vitest";
import { demo } from "../../examples/demo/app.ts";
import { MemoryStore } from "../../mod.ts";

const json: readonly string[] = [
  ...["null", "true", "0", "-1", "1e999", '""', '"text"', "[]", "{}", "[null]", '[["id"]]'],
  ...["null", "5", "true", "[]", "{}", '"\\ud800"', '{"toString":1}', '{"trim":null}'].flatMap(
    (value) => ["id", "title", "name", "email"].map((name) => `{"${name}":${value}}`),
  ),
  '{"length":5}',
  '{"toString":null,"valueOf":null}',
  '{"id":["learn"],"title":["Milk"],"name":["Ada"],"email":["ada@example.com"]}',
  '{"constructor":{"name":1}}',
  `{"id":${"[".repeat(99)}${"]".repeat(99)}}`,
];
const events = {
  Board: [
    ...[
      "mount",
      "rename_board",
      "add_list",
      "add_card",
      "rename_list",
      "rename_card",
      "toggle_card",
    ],
    ...["move_up", "move_down", "move_left", "move_right", "place_card", "remove", "undo"],
  ],
  TodoList: ["mount", "add_todo", "toggle_todo", "move_up", "move_down", "remove_todo"],
  User: ["mount", "save_profile"],
};

async function post(app: Hono, message: string): Promise<Response> {
  return await app.request("http://demo.test/nasc/event", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: message,
  });
}

describe("the demo", () => {
  test("refuses odd payloads or takes them as nothing, and fails at none", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const store = new MemoryStore();
    const { app } = demo({ store, hosts: "any" });
    const failures: string[] = [];
    for (const [type, names] of Object.entries(events)) {
      for (const event of names) {
        for (const payload of [...json, undefined]) {
          const address = `"type":"${type}","instance":"odd","event":"${event}"`;
          const message = `{${address}${payload === undefined ? "" : `,"payload":${payload}`}}`;
          const { status } = await post(app, message);
          if (status >= 500) failures.push(`${status}: ${message}`);
        }
      }
    }
    expect(failures).toEqual([]);
    expect(log).not.toHaveBeenCalled();
    const { items } = await store.load("TodoList", "odd");
    expect(items.map(({ title }: { title: unknown }) => typeof title))
      .toEqual(items.map(() => "string"));
    expect(new Set(items.map(({ id }: { id: string }) => id)).size).toBe(items.length);
    expect(await store.load("User", "odd")).toEqual({ id: "odd", name: "Guest", email: "" });
  });

  test("gives no two to-dos of a list one id, whatever ids their events have", async () => {
    const store = new MemoryStore();
    const { app } = demo({ store, hosts: "any" });
    const add = async (instance: string, eventId: string) => {
      const payload = { title: `from ${eventId}` };
      const message = { type: "TodoList", instance, event: "add_todo", eventId, payload };
      return (await post(app, JSON.stringify(message))).status;
    };
    for (const instance of ["a", "b"]) {
      await post(app, JSON.stringify({ type: "TodoList", instance, event: "mount" }));
    }
    expect([await add("a", "learn"), await add("a", "1"), await add("b", "1")])
      .toEqual([422, 200, 200]);
    expect(await add("a", "1")).toBe(200);
    const ids = async (instance: string) =>
      (await store.load("TodoList", instance)).items.map(({ id }: { id: string }) => id);
    const expected = ["learn", "build", "1"];
    expect([await ids("a"), await ids("b")]).toEqual([expected, expected]);
  });
});
