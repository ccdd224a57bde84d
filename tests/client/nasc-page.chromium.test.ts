import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { one, open, ScriptedServer, texts } from "./support.ts";

interface Todo {
  id: number;
  title: string;
  completed: boolean;
}

const page = `
  <main>
    <div class="card" na-instance="User:currentUser">
      <h2>Hello, <span id="greeting" na-bind="name">Guest</span></h2>
      <p>Email: <strong na-bind="email"></strong></p>
      <form na-submit="save_profile">
        <input name="name" placeholder="Your name" />
        <input name="email" type="email" placeholder="you@example.com" />
        <button type="submit">Save profile</button>
      </form>
      <p class="hint" na-bind="error_email"></p>
    </div>
    <div class="card" na-scope="my-list" na-type="TodoList">
      <form na-submit="add_todo">
        <input name="title" placeholder="What needs to be done?" />
        <button type="submit">Add</button>
      </form>
      <ul na-bind="items">
        <template na-each="items" na-key="id" na-type="Todo">
          <li>
            <label>
              <input type="checkbox" na-click="toggle_todo" data-id="{{id}}" na-bind="completed" />
              <span class="title" na-bind="title"></span>
            </label>
            <div>
              <button na-click="move_up" data-id="{{id}}">↑</button>
              <button na-click="move_down" data-id="{{id}}">↓</button>
              <button na-click="remove_todo" data-id="{{id}}">✕</button>
            </div>
          </li>
        </template>
      </ul>
    </div>
  </main>`;

function items(state: Record<string, unknown>): Todo[] {
  return state["items"] as Todo[];
}

function move(state: Record<string, unknown>, id: unknown, by: number): Record<string, unknown> {
  const list = items(state);
  const from = list.findIndex((todo) => String(todo.id) === id);
  const [todo] = list.splice(from, 1);
  list.splice(Math.max(0, from + by), 0, todo!);
  return { ...state, items: list };
}

function demo(): ScriptedServer {
  return new ScriptedServer({
    "User:currentUser": { name: "Ada", email: "ada@example.com" },
    "TodoList:my-list": {
      items: [
        { id: 1, title: "Read", completed: false },
        { id: 2, title: "Write", completed: true },
        { id: 3, title: "Rest", completed: false },
      ],
    },
  }, {
    User: {
      save_profile: ({ name, email }, state) => ({ ...state, name: String(name).trim(), email }),
    },
    TodoList: {
      add_todo: ({ title }, state) => ({
        ...state,
        items: [...items(state), { id: 4, title: String(title), completed: false }],
      }),
      toggle_todo: ({ id }, state) => ({
        ...state,
        items: items(state).map((todo) =>
          String(todo.id) === id ? { ...todo, completed: !todo.completed } : todo
        ),
      }),
      move_up: ({ id }, state) => move(state, id, -1),
      move_down: ({ id }, state) => move(state, id, 1),
      remove_todo: ({ id }, state) => ({
        ...state,
        items: items(state).filter((todo) => String(todo.id) !== id),
      }),
    },
  });
}

function button(title: string, event: string): HTMLElement {
  const row = Array.from(document.querySelectorAll("li")).find((each) =>
    each.querySelector(".title")?.textContent === title
  );
  return row!.querySelector<HTMLElement>(`[na-click=${event}]`)!;
}

function checked(): boolean[] {
  return Array.from(document.querySelectorAll<HTMLInputElement>("li input"), (box) => box.checked);
}

test("the demo page shows the profile and the to-dos as soon as the stream begins", () => {
  open(page, demo(), { names: true });
  expect(one("#greeting").textContent).toBe("Ada");
  expect(one("strong").textContent).toBe("ada@example.com");
  expect(one<HTMLInputElement>("input[name=name]").value).toBe("Ada");
  expect(one<HTMLInputElement>("input[name=email]").value).toBe("ada@example.com");
  expect(texts("li .title")).toEqual(["Read", "Write", "Rest"]);
  expect(checked()).toEqual([false, true, false]);
});

test("saving the profile sends one event and shows what the server made of it", async () => {
  const server = demo();
  open(page, server, { names: true });
  await userEvent.fill(one("input[name=name]"), "  Grace ");
  await userEvent.click(one("[na-submit=save_profile] button"));
  await expect.poll(() => one("#greeting").textContent).toBe("Grace");
  expect(one<HTMLInputElement>("input[name=name]").value).toBe("Grace");
  expect(one<HTMLInputElement>("input[name=email]").value).toBe("ada@example.com");
  expect(server.sent).toEqual([{
    type: "User",
    instance: "currentUser",
    protocol: 2,
    epoch: "e",
    event: "save_profile",
    payload: { name: "  Grace ", email: "ada@example.com" },
    eventId: expect.any(String),
    clientId: expect.any(String),
    rev: 1,
  }]);
});

test("adding a to-do empties its field for the next one", async () => {
  const server = demo();
  open(page, server, { names: true });
  await userEvent.type(one("input[name=title]"), "Sleep{Enter}");
  await expect.poll(() => texts("li .title")).toEqual(["Read", "Write", "Rest", "Sleep"]);
  expect(one<HTMLInputElement>("input[name=title]").value).toBe("");
  expect(document.activeElement).toBe(one("input[name=title]"));
  expect(server.sent.map(({ event, payload }) => [event, payload])).toEqual([
    ["add_todo", { title: "Sleep" }],
  ]);
});

test("toggling, moving and removing a to-do each send one event with its id and keep the other rows", async () => {
  const server = demo();
  open(page, server, { names: true });
  const rest = button("Rest", "move_up").closest("li");
  await userEvent.click(button("Read", "toggle_todo"));
  await expect.poll(() => checked()).toEqual([true, true, false]);
  await userEvent.click(button("Rest", "move_up"));
  await expect.poll(() => texts("li .title")).toEqual(["Read", "Rest", "Write"]);
  await userEvent.click(button("Read", "move_down"));
  await expect.poll(() => texts("li .title")).toEqual(["Rest", "Read", "Write"]);
  await userEvent.click(button("Write", "remove_todo"));
  await expect.poll(() => texts("li .title")).toEqual(["Rest", "Read"]);
  expect(button("Rest", "move_up").closest("li")).toBe(rest);
  expect(server.sent.map(({ event, payload, rev }) => [event, payload, rev])).toEqual([
    ["toggle_todo", { id: "1" }, 1],
    ["move_up", { id: "3" }, 2],
    ["move_down", { id: "1" }, 3],
    ["remove_todo", { id: "2" }, 4],
  ]);
});

test("a change by someone else appears without an event of this page", () => {
  const server = demo();
  open(page, server, { names: true });
  server.change("TodoList:my-list", { items: [{ id: 9, title: "Theirs", completed: true }] });
  return expect.poll(() => texts("li .title")).toEqual(["Theirs"]);
});
