import { MemoryStore } from "rian";
import { nasc } from "rian/hono";
import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { one, open, texts } from "./support.ts";

interface List {
  items: { id: number; title: string }[];
}

const TodoList = {
  mount: (): List => ({ items: [{ id: 1, title: "Read" }] }),
  add(payload: unknown, state: List): List {
    const { title } = payload as { title: string };
    return { items: [...state.items, { id: state.items.length + 1, title }] };
  },
};

const page = `
  <div na-scope="l" na-type="TodoList">
    <form na-submit="add"><input name="title"></form><p na-error></p>
    <ul><template na-each="items" na-key="id"><li na-bind="title"></li></template></ul>
    <button na-click="no_such">?</button>
  </div>`;

test("the real router understands every message and the page its answers", async () => {
  const app = nasc({ handlers: { TodoList }, store: new MemoryStore() });
  // The router runs in this page: only the network between the two is missing.
  const fetch = (url: string, init: RequestInit) => Promise.resolve(app.request(url, init));
  const connection = open(page, "post", { baseUrl: "", fetch });
  await expect.poll(() => texts("li")).toEqual(["Read"]);
  await userEvent.type(one("input"), "Write{Enter}");
  await expect.poll(() => texts("li")).toEqual(["Read", "Write"]);
  expect(one<HTMLInputElement>("input").value).toBe("");
  await userEvent.click(one("button"));
  await expect.poll(() => one("p").textContent).not.toBe("");

  // Another page's event, so that this page has missed one.
  const elsewhere = { type: "TodoList", instance: "l", event: "add", payload: { title: "Theirs" } };
  await app.request("/event", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(elsewhere),
  });
  expect(await connection.send("TodoList", "l", "add", { title: "Rest" })).toEqual({ ok: true });
  expect(texts("li")).toEqual(["Read", "Write", "Theirs", "Rest"]);
  expect(one("p").textContent).toBe("");
});
