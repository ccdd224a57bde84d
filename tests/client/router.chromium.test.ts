import { MemoryStore, Ramify, type Schema } from "rian";
import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { HandClock } from "../support/clock.ts";
import { router, TodoList } from "./real-router.ts";
import { one, open, texts } from "./support.ts";

const page = `
  <div na-scope="l" na-type="TodoList">
    <form na-submit="add"><input name="title"></form><p na-error></p>
    <ul><template na-each="items" na-key="id"><li na-bind="title"></li></template></ul>
    <button na-click="no_such">?</button>
  </div>`;

test("the real router understands the page's messages, and the page its answers", async () => {
  const { fetch, elsewhere } = router();
  const connection = open(page, "post", { baseUrl: "", fetch });
  await expect.poll(() => texts("li")).toEqual(["Read"]);
  await userEvent.type(one("input"), "Write{Enter}");
  await expect.poll(() => texts("li")).toEqual(["Read", "Write"]);
  expect(one<HTMLInputElement>("input").value).toBe("");
  await userEvent.click(one("button"));
  await expect.poll(() => one("p").textContent).not.toBe("");

  // This page misses the event of another.
  await elsewhere({
    type: "TodoList",
    instance: "l",
    event: "add",
    payload: { title: "Theirs" },
  });
  expect(await connection.send("TodoList", "l", "add", { title: "Rest" })).toEqual({ ok: true });
  expect(texts("li")).toEqual(["Read", "Write", "Theirs", "Rest"]);
  expect(one("p").textContent).toBe("");
});

test("a value that is taken is shown beside its field, and the next event of the instance goes", async () => {
  interface User {
    readonly id: string;
    readonly email: string;
  }
  const db = new Ramify().createStore<{ users: Schema<User, "id"> }>({
    users: { primaryKey: "id", unique: ["email"] },
  });
  db.users.add({ id: "ada", email: "ada@example.com" });
  let runs = 0;
  const users = {
    mount: ({ id }: { id: string }): User => ({ id, email: "" }),
    save({ email }: User, state: User): User {
      runs++;
      return { ...state, email };
    },
  };
  const { fetch } = router({ handlers: { users }, store: db });
  const connection = open(
    `<form na-scope="me" na-type="users" na-submit="save">
     <input name="email"><b na-error="email"></b><i na-error></i><u na-bind="email"></u></form>`,
    "post",
    { baseUrl: "", fetch },
  );
  await expect.poll(() => connection.state("users", "me")).toEqual({ id: "me", email: "" });
  await userEvent.type(one("input"), "ada@example.com{Enter}");
  const taken = "This is already taken";
  await expect.poll(() => texts("b, i, u")).toEqual([taken, taken, ""]);
  expect([runs, one<HTMLInputElement>("input").value]).toEqual([1, "ada@example.com"]);
  await userEvent.clear(one("input"));
  await userEvent.type(one("input"), "bob@example.com{Enter}");
  await expect.poll(() => texts("b, i, u")).toEqual(["", "", "bob@example.com"]);
  expect(runs).toBe(2);
});

test("the real router's stream brings the changes of others, says what is refused, and is opened again", async () => {
  const { streams, frames: _, elsewhere, ...network } = router({
    authorize: (_context, { id }) => id !== "private",
  });
  open(
    `${page}<p na-scope="TodoList:private"><i na-error></i></p>
     <p na-scope="Note:n"><b na-bind="text"></b></p>`,
    "sse",
    { baseUrl: "", random: () => 0, ...network },
  );
  await expect.poll(() => texts("li, b, i")).toEqual(["Read", "You may not do this", "start"]);
  const list = { type: "TodoList", instance: "l" };
  await elsewhere({ ...list, event: "add", payload: { title: "Theirs" } });
  await expect.poll(() => texts("li")).toEqual(["Read", "Theirs"]);
  await userEvent.type(one("input"), "Mine{Enter}");
  await expect.poll(() => texts("li")).toEqual(["Read", "Theirs", "Mine"]);

  await streams[0]!.close();
  await elsewhere({ ...list, event: "undo" });
  await elsewhere({ type: "Note", instance: "n", event: "clear" });
  await expect.poll(() => texts("li, b")).toEqual(["Read", "Theirs", ""]);
});

test("a page of the real router is brought each change once, in few bytes, and what it has missed when it comes back", async () => {
  const items = Array.from({ length: 500 }, (_, id) => ({ id, title: `To-do ${id}` }));
  const { streams, frames, elsewhere, ...network } = router({
    handlers: { TodoList: { ...TodoList, mount: () => ({ items }) } },
  });
  const answers: string[] = [];
  async function fetch(url: string, init: RequestInit): Promise<Response> {
    const response = await network.fetch(url, init);
    if (init.method === "POST") answers.push(await response.clone().text());
    return response;
  }
  open(page, "sse", { baseUrl: "", random: () => 0, ...network, fetch });
  await expect.poll(() => texts("li").length).toBe(500);
  frames.length = 0;
  await userEvent.type(one("input"), "Mine{Enter}");
  await expect.poll(() => texts("li").at(-1)).toBe("Mine");
  // The stream may be faster than the answer.
  await expect.poll(() => answers.length).toBe(1);
  expect(frames).toHaveLength(1);
  expect([answers[0]!.length < 200, frames[0]!.length < 250]).toEqual([true, true]);

  await streams[0]!.close();
  await elsewhere({
    type: "TodoList",
    instance: "l",
    event: "add",
    payload: { title: "Theirs" },
  });
  await expect.poll(() => texts("li").slice(-2)).toEqual(["Mine", "Theirs"]);
  // Greeting, and what was missed.
  expect(frames.slice(1).map((frame) => JSON.parse(frame).action)).toEqual(["hello", "patch"]);
  expect(frames.join("").length).toBeLessThan(800);
});

test("a change that someone undid between two looks of the real router is undone on the page", async () => {
  const clock = new HandClock();
  // As if another process published: this one hears nothing, and looks at each heartbeat.
  const hub = { publish() {}, subscribe: () => () => {} };
  const { streams: _, frames: _frames, elsewhere, ...network } = router({ clock, hub });
  open(page, "sse", { baseUrl: "", ...network });
  await expect.poll(() => texts("li")).toEqual(["Read"]);
  await userEvent.type(one("input"), "Mine{Enter}");
  await expect.poll(() => texts("li")).toEqual(["Read", "Mine"]);
  await elsewhere({ type: "TodoList", instance: "l", event: "undo" });
  await expect.poll(() => {
    clock.ring();
    return texts("li");
  }).toEqual(["Read"]);
});

test("a page shows the first state of what it may not create, says why its events are refused, and follows once another creates it", async () => {
  let mayCreate = false;
  const store = new MemoryStore();
  const { streams: _, frames: _frames, elsewhere, ...network } = router({
    store,
    authorize: (context, { event }) => event !== "create" || mayCreate || context.text("no", 403),
  });
  open(page, "sse", { baseUrl: "", ...network });
  await expect.poll(() => texts("li")).toEqual(["Read"]);
  await userEvent.type(one("input"), "Mine{Enter}");
  await expect.poll(() => one("p").textContent).not.toBe("");
  expect(one<HTMLInputElement>("input").value).toBe("Mine");
  expect(await store.load("TodoList", "l")).toBeNull();

  mayCreate = true;
  const list = { type: "TodoList", instance: "l" };
  await elsewhere({ ...list, event: "add", payload: { title: "Theirs" } });
  await expect.poll(() => texts("li")).toEqual(["Read", "Theirs"]);
  await userEvent.type(one("input"), "!{Enter}");
  await expect.poll(() => texts("li")).toEqual(["Read", "Theirs", "Mine!"]);
});

test("an event of a page creates what the page only saw", async () => {
  let mayCreate = false;
  const { streams: _, frames: _frames, elsewhere: __, ...network } = router({
    authorize: (_context, { event }) => event !== "create" || mayCreate,
  });
  for (const transport of ["post", "sse"] as const) {
    mayCreate = false;
    const id = `by-${transport}`;
    const connection = open(page.replace('"l"', `"${id}"`), transport, { baseUrl: "", ...network });
    await expect.poll(() => texts("li")).toEqual(["Read"]);
    mayCreate = true;
    await userEvent.type(one("input"), "Mine{Enter}");
    await expect.poll(() => texts("li")).toEqual(["Read", "Mine"]);
    connection.close();
  }
});

test("a page sends an event again that was too much at once, and opens its stream again", async () => {
  const refusals = { event: 2, stream: 2, create: 0 };
  const { streams: _, frames: _frames, elsewhere: __, ...network } = router({
    limit: (_context, { kind }) => refusals[kind]-- > 0 ? { retryAfter: 0 } : true,
  });
  open(page, "sse", { baseUrl: "", random: () => 0, ...network });
  await expect.poll(() => texts("li")).toEqual(["Read"]);
  await userEvent.type(one("input"), "Mine{Enter}");
  await expect.poll(() => texts("li")).toEqual(["Read", "Mine"]);
  // Each was refused twice, and sent until it was not.
  expect([refusals.event < 0, refusals.stream < 0]).toEqual([true, true]);
});
