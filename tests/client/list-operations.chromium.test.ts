import fc from "fast-check";
import type { Operation, StreamListener } from "rian/client";
import { expect, test } from "vitest";
import { applyOperations } from "../../src/processor/operations/apply-operations.ts";
import { makeOperations } from "../../src/processor/operations/make-operations.ts";
import { ManualClock, manualFetch, manualStreams } from "./manual-network.ts";
import { hearMistakes } from "./mistakes.ts";
import { one, open, snapshot, texts } from "./support.ts";

interface Item {
  readonly id: unknown;
  readonly title: string;
}

const list = `<div na-scope="l" na-type="List"><h1 na-bind="name"></h1>
  <ul><template na-each="deep.items" na-key="id"><li data-id="{{id}}"><b na-bind="title"></b><input></li></template></ul></div>`;

function itemsOf(ids: readonly unknown[]): Item[] {
  return ids.map((id) => ({ id, title: `title ${id}` }));
}

/** Opens a page with a list, to which a test sends operations. */
function openList(items: readonly Item[], markup: string = list) {
  const { EventSource, streams } = manualStreams();
  const { fetch } = manualFetch();
  open(markup, "sse", { EventSource, fetch, clock: new ManualClock() });
  let state: { readonly deep: { readonly items: readonly Item[] } } = { deep: { items } };
  let rev = 1;
  streams[0]!.send(snapshot("List:l", state, rev));
  return {
    streams,
    send(...ops: readonly Operation[]): void {
      state = applyOperations(state, ops) as typeof state;
      streams[0]!.send({ action: "patch", type: "List", instance: "l", rev: ++rev, ops });
      expect(texts("li b")).toEqual(state.deep.items.map(({ title }) => title));
    },
  };
}

function rows(): HTMLElement[] {
  return Array.from(document.querySelectorAll<HTMLElement>("li"));
}

/** Returns what a change of the page has added and removed, as the keys of rows. */
function touching(change: () => void): [added: unknown[], removed: unknown[], other: number] {
  const observer = new MutationObserver(() => {});
  observer.observe(one("div"), { childList: true, subtree: true, attributes: true });
  change();
  const records = observer.takeRecords();
  observer.disconnect();
  const ofList = records.filter(({ target }) => target === one("ul"));
  const keys = (nodes: NodeList) =>
    Array.from(nodes, (node) => (node as HTMLElement).dataset["id"]);
  return [
    ofList.flatMap(({ addedNodes }) => keys(addedNodes)),
    ofList.flatMap(({ removedNodes }) => keys(removedNodes)),
    records.length - ofList.length,
  ];
}

const many = itemsOf(Array.from({ length: 200 }, (_, id) => id));

test("operations touch the rows that they are about, and no others", () => {
  const { send } = openList(many);
  const path = "/deep/items";
  expect(touching(() => send({ op: "replace", path: `${path}/7/title`, value: "seven" })))
    .toEqual([[], [], 1]);
  expect(touching(() => send({ op: "move", from: `${path}/0`, path: `${path}/199` })))
    .toEqual([["0"], ["0"], 0]);
  expect(touching(() => send({ op: "remove", path: `${path}/3` }))).toEqual([[], ["4"], 0]);
  expect(touching(() => send({ op: "add", path: `${path}/0`, value: { id: "n", title: "new" } })))
    .toEqual([["n"], [], 0]);
  expect(touching(() => send({ op: "add", path: "/name", value: "List" }))).toEqual([[], [], 1]);
});

test("operations read no item but those that they are about, and a list that is shown whole only the keys of the others", () => {
  const reads: string[] = [];
  const items = ["a", "b", "c"].map((id) => ({
    get id() {
      reads.push(`${id}.id`);
      return id;
    },
    get title() {
      reads.push(`${id}.title`);
      return `title ${id}`;
    },
  }));
  let listener: StreamListener;
  open(list, {
    send: () => new Promise(() => {}),
    follow(_, given) {
      listener = given;
      given.frame(snapshot("List:l", { deep: { items } }, 1));
      return { reopen() {}, close() {} };
    },
  });
  let rev = 1;
  /** Returns what the page reads of the items but the first. */
  function readBy(operation: Operation): string[] {
    reads.length = 0;
    listener.frame({ action: "patch", type: "List", instance: "l", rev: ++rev, ops: [operation] });
    return reads.filter((read) => !read.startsWith("a."));
  }
  const path = "/deep/items";
  expect(readBy({ op: "replace", path: `${path}/0/title`, value: "A" })).toEqual([]);
  expect(readBy({ op: "move", from: `${path}/0`, path: `${path}/2` })).toEqual([]);
  expect(readBy({ op: "replace", path: `${path}/2/id`, value: "x" })).toEqual(["b.id", "c.id"]);
  expect([texts("li b"), rows().map((row) => row.dataset["id"])])
    .toEqual([["title b", "title c", "A"], ["b", "c", "x"]]);
});

test("the row that has the focus stays where it is when operations move it", () => {
  const { send } = openList(itemsOf(["a", "b", "c", "d"]));
  const input = rows()[0]!.querySelector("input")!;
  input.focus();
  const [added, removed] = touching(() =>
    send({ op: "move", from: "/deep/items/0", path: "/deep/items/3" })
  );
  expect([added, removed]).toEqual([["d", "c", "b"], ["d", "c", "b"]]);
  expect(document.activeElement).toBe(input);
});

test("an item that goes and comes with the same key keeps its row", () => {
  const { send } = openList(itemsOf(["a", "b", "c", "d"]));
  const row = rows()[0];
  const item = { id: "a", title: "again" };
  send({ op: "remove", path: "/deep/items/0" }, { op: "add", path: "/deep/items/2", value: item });
  expect(rows()[2]).toBe(row);
});

test("rows without a key are matched by position, whatever operations say", () => {
  hearMistakes();
  const { send } = openList(itemsOf(["a", "b", "c"]), list.replace(` na-key="id"`, ""));
  const before = rows();
  send({ op: "remove", path: "/deep/items/0" });
  expect(rows()).toEqual(before.slice(0, 2));
  send({ op: "add", path: "/deep/items/2", value: { id: "d", title: "title d" } });
  expect(rows().slice(0, 2)).toEqual(before.slice(0, 2));
  expect(rows().map((row) => row.getAttribute("na-key-val"))).toEqual(["0", "1", "2"]);
});

test("rows that a script has removed come back with the next operations", () => {
  const { send } = openList(itemsOf(["a", "b", "c"]));
  rows()[1]!.remove();
  send({ op: "replace", path: "/deep/items/0/title", value: "A" });
  rows()[2]!.remove();
  send({ op: "add", path: "/deep/items/2", value: { id: "x", title: "title x" } });
});

test("whatever operations lead from one list to the next, the page shows the next, and keeps the node of every key and its focus", () => {
  const keys = fc.uniqueArray(fc.oneof(fc.nat(12), fc.constantFrom(`"`, "a:b", "1", "")), {
    maxLength: 12,
    selector: (key) => JSON.stringify(key),
  });
  const title = fc.constantFrom("one", "two");
  const lists = fc.tuple(keys, fc.nat(20), title);
  const { send } = openList([]);
  let items: readonly Item[] = [];
  fc.assert(
    fc.property(fc.array(lists, { minLength: 2, maxLength: 6 }), (steps) => {
      for (const [ids, chosen, text] of steps) {
        const before = new Map(items.map(({ id }, index) => [id, rows()[index]]));
        const focused = rows()[chosen % Math.max(1, rows().length)]?.querySelector("input");
        focused?.focus();
        const next = ids.map((id, index) => ({
          id,
          title: index === chosen ? text : `title ${id}`,
        }));
        // Long enough beside the list that operations are shorter than the whole.
        const filler = "-".repeat(10_000);
        const ops = makeOperations({ filler, deep: { items } }, { filler, deep: { items: next } });
        if (ops?.length) send(...ops);
        items = next;
        const now = rows();
        for (const [index, id] of ids.entries()) {
          expect(now[index]!.dataset["id"]).toBe(String(id));
          if (before.has(id)) expect(now[index]).toBe(before.get(id));
        }
        if (focused?.isConnected) expect(document.activeElement).toBe(focused);
      }
    }),
    { numRuns: 100 },
  );
});
