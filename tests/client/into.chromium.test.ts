import { liveQuery, Ramify, type RamifyStore, type Schema } from "rian";
import type { Connection, ConnectOptions } from "rian/client";
import { useLiveQuery } from "rian/react";
import { createElement, Fragment, StrictMode, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { expect, onTestFinished, test, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { router } from "./real-router.ts";
import { one, open, refuse, ScriptedServer, texts } from "./support.ts";

interface List {
  readonly key: string;
  readonly title: string;
  readonly isDone?: boolean;
  readonly items: readonly { readonly id: number; readonly title: string }[];
}

type Db = RamifyStore<{ List: Schema<List, "key"> }>;

const items = [{ id: 1, title: "Read" }];
const handlers = {
  List: {
    rename: ({ title }: Record<string, unknown>, state: Record<string, unknown>) => ({
      ...state,
      title,
    }),
    refuse: () => refuse("no", "No"),
  },
};

function store(schema: Partial<Schema<List, "key">> = {}): Db {
  return new Ramify().createStore<{ List: Schema<List, "key"> }>({
    List: { primaryKey: "key", ...schema },
  });
}

function serve(): ScriptedServer {
  return new ScriptedServer({
    "List:a": { title: "A", items },
    "List:b": { title: "B", items },
    "Other:o": { title: "O" },
  }, handlers);
}

function mirror(
  db: ConnectOptions["into"] & object,
  markup = `<p na-scope="List:a"></p>`,
  server = serve(),
): Connection {
  return open(markup, server, { into: db });
}

const scopes = `<p na-scope="List:a"></p><i na-scope="List:b"></i>`;

test("a store has a document for each instance, with its id as the primary key, until the page shows it no longer", async () => {
  const db = store();
  const connection = mirror(db, scopes);
  await expect.poll(() => db.List.toArray()).toEqual([
    { key: "a", title: "A", items },
    { key: "b", title: "B", items },
  ]);
  one("i").remove();
  connection.refresh();
  await expect.poll(() => db.List.keys()).toEqual(["a"]);
  connection.close();
  await expect.poll(() => db.List.count()).toBe(0);
});

test("what the server shows no longer is deleted, and there again once it shows it", async () => {
  const db = store();
  const server = serve();
  mirror(db, scopes, server);
  await expect.poll(() => db.List.count()).toBe(2);
  server.gone("List:a");
  await expect.poll(() => db.List.keys()).toEqual(["b"]);
  server.snapshot("List:a");
  await expect.poll(() => db.List.keys().sort()).toEqual(["a", "b"]);
});

test("after an event, the store has its result, with the very objects of what has not changed, and other documents are the same", async () => {
  const db = store();
  const connection = mirror(db, scopes);
  await expect.poll(() => db.List.count()).toBe(2);
  const before = db.List.bulkGet(["a", "b"]);
  expect(await connection.send("List", "a", "rename", { title: "New" })).toEqual({ ok: true });
  const [a, b] = db.List.bulkGet(["a", "b"]);
  expect([a!.title, a!.items === before[0]!.items, b === before[1]]).toEqual(["New", true, true]);
});

test("a whole state that says nothing new writes nothing", async () => {
  const db = store();
  const server = serve();
  mirror(db, scopes, server);
  await expect.poll(() => db.List.count()).toBe(2);
  const before = db.List.get("a");
  server.snapshot("List:a");
  server.change("List:b", { title: "Later" });
  await expect.poll(() => db.List.get("b")!.title).toBe("Later");
  expect(db.List.get("a")).toBe(before);
});

test("changes that come at once are one transaction", async () => {
  const db = store();
  const server = serve();
  mirror(db, scopes, server);
  await expect.poll(() => db.List.count()).toBe(2);
  const observer = vi.fn();
  db.List.subscribe(observer);
  const release = server.holdStream();
  server.change("List:a", { title: "1" });
  server.change("List:b", { title: "2" });
  server.change("List:a", { title: "3" });
  release();
  await expect.poll(() => db.List.get("a")!.title).toBe("3");
  expect(observer).toHaveBeenCalledTimes(1);
  expect(observer.mock.calls[0]!.slice(0, 2)).toEqual(["update", ["a", "b"]]);
});

test("the next change replaces what was written, and brings back what was deleted or lacks a property", async () => {
  const db = store();
  const server = serve();
  mirror(db, undefined, server);
  await expect.poll(() => db.List.count()).toBe(1);
  db.List.update("a", { title: "Mine", isDone: true });
  server.change("List:a", { items: [] });
  await expect.poll(() => db.List.get("a")).toEqual({ key: "a", title: "A", items: [] });
  db.List.delete("a");
  server.change("List:a", { isDone: false });
  await expect.poll(() => db.List.get("a"))
    .toEqual({ key: "a", title: "A", items: [], isDone: false });
  server.change("List:a", { isDone: undefined });
  await expect.poll(() => db.List.get("a")).toEqual({ key: "a", title: "A", items: [] });
});

test("a guess is in the store at once, and out of it when the event is refused", async () => {
  const db = store();
  const server = serve();
  mirror(
    db,
    `<p na-scope="List:a">
     <button na-click="refuse" na-optimistic="set title 'Guess'"></button></p>`,
    server,
  );
  await expect.poll(() => db.List.get("a")?.title).toBe("A");
  const release = server.holdAnswers();
  await expect.poll(async () => {
    await userEvent.click(one("button"));
    return db.List.get("a")!.title;
  }).toBe("Guess");
  release();
  await expect.poll(() => db.List.get("a")!.title).toBe("A");
});

test("types without a collection are left out, also one that is called like a method, and the console says so once", async () => {
  const error = vi.spyOn(console, "error").mockReturnValue();
  onTestFinished(() => error.mockRestore());
  const db = store();
  const server = serve();
  mirror(
    db,
    `${scopes}<b na-scope="Other:o"></b><b na-scope="Other:p"></b><b na-scope="delete:x"></b>`,
    server,
  );
  await expect.poll(() => db.List.count()).toBe(2);
  server.change("Other:o", { title: "Later" });
  const cure = "into has no collection of that name; create the store with one";
  await expect.poll(() => error.mock.calls.flat()).toEqual([
    `Cannot mirror Other: ${cure}`,
    `Cannot mirror delete: ${cure}`,
  ]);
});

test("unique values may change places, and what the store refuses is left out until it fits", async () => {
  const error = vi.spyOn(console, "error").mockReturnValue();
  onTestFinished(() => error.mockRestore());
  const db = store({ unique: ["title"] });
  const server = serve();
  mirror(db, scopes, server);
  await expect.poll(() => db.List.count()).toBe(2);
  let release = server.holdStream();
  server.change("List:a", { title: "B" });
  server.change("List:b", { title: "A" });
  release();
  await expect.poll(() => db.List.bulkGet(["a", "b"]).map((each) => each?.title))
    .toEqual(["B", "A"]);
  expect(error).not.toHaveBeenCalled();
  server.change("List:b", { title: "B" });
  await expect.poll(() => db.List.keys()).toEqual(["a"]);
  await expect.poll(() => String(error.mock.calls[0]))
    .toMatch(/^Cannot mirror List\/b, which is left out: .*title.*; see to the schema of List$/);
  release = server.holdStream();
  server.change("List:a", { title: "C" });
  release();
  await expect.poll(() => db.List.keys().sort()).toEqual(["a", "b"]);
});

test("a store that hands out copies is mirrored as well", async () => {
  const db = new Ramify().createStore<{ List: Schema<List, "key"> }>({
    List: { primaryKey: "key" },
  }, { detached: true });
  const server = serve();
  mirror(db, undefined, server);
  await expect.poll(() => db.List.get("a")?.title).toBe("A");
  server.change("List:a", { title: "Later" });
  await expect.poll(() => db.List.get("a")).toEqual({ key: "a", title: "Later", items });
});

test("an instance that a script follows twice stays until both have stopped", async () => {
  const db = store();
  const server = serve();
  const connection = mirror(db, "", server);
  const [first, second] = [connection.follow("List", "a"), connection.follow("List", "a")];
  await expect.poll(() => db.List.get("a")?.title).toBe("A");
  expect(connection.state("List", "a")).toEqual({ title: "A", items });
  const other = connection.follow("List", "b");
  first();
  first();
  await expect.poll(() => db.List.keys()).toEqual(["a", "b"]);
  second();
  await expect.poll(() => db.List.keys()).toEqual(["b"]);
  expect(server.followed).toEqual(["List:b"]);
  other();
  await expect.poll(() => [db.List.count(), server.followed]).toEqual([0, []]);
});

test("a live query follows what the server sends, and runs for no other document", async () => {
  const db = store();
  const server = serve();
  mirror(db, scopes, server);
  await expect.poll(() => db.List.count()).toBe(2);
  const query = vi.fn(() => db.List.get("a")?.title);
  const seen: unknown[] = [];
  onTestFinished(liveQuery(query).subscribe((title) => seen.push(title)));
  query.mockClear();
  server.change("List:b", { title: "Other" });
  await expect.poll(() => db.List.get("b")!.title).toBe("Other");
  expect(query).not.toHaveBeenCalled();
  server.change("List:a", { title: "Later" });
  await expect.poll(() => seen.at(-1)).toBe("Later");
});

test("React shows what the real router sends, what others do too, and follows what it shows alone", async () => {
  const page = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean };
  page.IS_REACT_ACT_ENVIRONMENT = false;
  interface Todos {
    readonly id: string;
    readonly items: readonly { readonly id: number; readonly title: string }[];
  }
  const db = new Ramify().createStore<{ TodoList: Schema<Todos, "id"> }>({
    TodoList: { primaryKey: "id" },
  });
  const { streams: _, frames: _frames, elsewhere, ...network } = router();
  const connection = open("<main></main>", "sse", { into: db, baseUrl: "", ...network });
  function Items({ id }: { readonly id: string }) {
    useEffect(() => connection.follow("TodoList", id), [id]);
    const list = useLiveQuery(() => db.TodoList.get(id), [id]);
    return createElement(
      Fragment,
      null,
      list?.items.map(({ id, title }) => createElement("li", { key: id }, title)),
      createElement("button", {
        onClick: () => void connection.send("TodoList", id, "add", { title: "Mine" }),
      }),
    );
  }
  const root = createRoot(one("main"));
  onTestFinished(() => root.unmount());
  const show = (id: string) =>
    root.render(createElement(StrictMode, null, createElement(Items, { id })));
  show("l");
  await expect.poll(() => texts("li")).toEqual(["Read"]);
  await userEvent.click(one("button"));
  await expect.poll(() => texts("li")).toEqual(["Read", "Mine"]);
  await elsewhere({
    type: "TodoList",
    instance: "l",
    event: "add",
    payload: { title: "Theirs" },
  });
  await expect.poll(() => texts("li")).toEqual(["Read", "Mine", "Theirs"]);
  show("m");
  await expect.poll(() => texts("li")).toEqual(["Read"]);
  expect(db.TodoList.keys()).toEqual(["m"]);
});

test("the console says so when into is a collection and not its store", async () => {
  const error = vi.spyOn(console, "error").mockReturnValue();
  onTestFinished(() => error.mockRestore());
  mirror(store().List as never);
  await expect.poll(() => error.mock.calls).toEqual([
    ["Cannot mirror the page: into is no store; pass what createStore of Ramify returns"],
  ]);
});
