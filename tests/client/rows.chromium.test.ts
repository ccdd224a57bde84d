import fc from "fast-check";
import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { hearMistakes } from "./mistakes.ts";
import { one, open, render, ScriptedServer, texts } from "./support.ts";

interface Item {
  id?: unknown;
  title?: string;
}

const list =
  `<div na-scope="l" na-type="List"><ul na-bind="items"><template na-each="items" na-key="id">
  <li id="row-{{id}}" data-id="{{id}}"><b na-bind="title"></b><input></li></template></ul></div>`;

function openList(
  markup: string,
  items: unknown,
): { server: ScriptedServer; show(items: unknown): void } {
  const server = new ScriptedServer({ "List:l": { items } });
  open(markup, server);
  return {
    server,
    // A snapshot is applied at once, so the property test need not wait.
    show(next: unknown): void {
      server.change("List:l", { items: next });
      server.snapshot("List:l");
    },
  };
}

function rows(): HTMLElement[] {
  return Array.from(document.querySelectorAll<HTMLElement>("li"));
}

test("rows with numeric keys are kept, whatever changes around them", () => {
  const { show } = openList(list, [{ id: 1, title: "a" }, { id: 2, title: "b" }]);
  const [first, second] = rows();
  show([{ id: 0, title: "z" }, { id: 2, title: "B" }, { id: 1, title: "a" }]);
  expect(texts("li b")).toEqual(["z", "B", "a"]);
  expect(rows().slice(1)).toEqual([second, first]);
  expect(rows().map((row) => row.getAttribute("na-key-val"))).toEqual(["0", "2", "1"]);
});

test("any sequence of lists shows the right rows, and keeps the node of every key and its focus", () => {
  const keys = fc.uniqueArray(fc.oneof(fc.nat(12), fc.constantFrom(`"`, "']", "a:b", "1", "")), {
    maxLength: 12,
    selector: (key) => JSON.stringify(key),
  });
  const { show } = openList(list, []);
  fc.assert(
    fc.property(fc.array(fc.tuple(keys, fc.nat(20)), { maxLength: 6 }), (steps) => {
      let before = new Map<unknown, Element>();
      for (const [ids, chosen] of steps) {
        const focused = rows()[chosen % Math.max(1, rows().length)]?.querySelector("input");
        focused?.focus();
        show(ids.map((id) => ({ id, title: `title ${id}` })));
        expect(texts("li b")).toEqual(ids.map((id) => `title ${id}`));
        expect(rows().map((row) => row.dataset["id"])).toEqual(ids.map(String));
        const now = new Map(rows().map((row, index) => [ids[index], row]));
        for (const [id, row] of now) if (before.has(id)) expect(row).toBe(before.get(id));
        if (focused?.isConnected) expect(document.activeElement).toBe(focused);
        before = now;
      }
    }),
    { numRuns: 60 },
  );
});

test("moving one row of many moves that row only", () => {
  const items = Array.from({ length: 200 }, (_, id) => ({ id, title: String(id) }));
  const { show } = openList(list, items);
  const observer = new MutationObserver(() => {});
  observer.observe(one("ul"), { childList: true });
  show([...items.slice(1), items[0]]);
  const records = observer.takeRecords();
  observer.disconnect();
  expect(texts("li b").at(-1)).toBe("0");
  expect(records.flatMap((record) => [...record.addedNodes])).toHaveLength(1);
});

test("a row that a person types in keeps its draft, focus and caret while it moves", async () => {
  const { show } = openList(list, [{ id: 1, title: "a" }, { id: 2, title: "b" }, {
    id: 3,
    title: "c",
  }]);
  const input = rows()[0]!.querySelector("input")!;
  await userEvent.type(input, "draft");
  input.setSelectionRange(2, 4);
  show([{ id: 3, title: "c" }, { id: 2, title: "b" }, { id: 1, title: "A" }]);
  expect(texts("li b")).toEqual(["c", "b", "A"]);
  expect(rows()[2]!.querySelector("input")).toBe(input);
  expect(document.activeElement).toBe(input);
  expect([input.value, input.selectionStart, input.selectionEnd]).toEqual(["draft", 2, 4]);
});

test("items that share a key, or have none, all keep a row", () => {
  const { show } = openList(list, [{ id: 1, title: "a" }, { id: 1, title: "b" }, { title: "c" }]);
  const [a, b] = rows();
  expect(texts("li b")).toEqual(["a", "b", "c"]);
  show([{ title: "x" }, { id: 1, title: "a" }, { title: "y" }, { id: 1, title: "b" }, {
    id: 1,
    title: "c",
  }]);
  expect(texts("li b")).toEqual(["x", "a", "y", "b", "c"]);
  expect([rows()[1], rows()[3]]).toEqual([a, b]);
});

test("a list without na-key is reported once, and its rows are matched by position", async () => {
  const said = hearMistakes();
  const markup = `<div na-scope="l" na-type="List"><template na-each="items"><section>
    <template na-each="subs"><li><b na-bind="."></b></li></template></section></template></div>`;
  const { show } = openList(markup, [{ subs: ["a", "b"] }, { subs: ["c"] }]);
  const [first] = rows();
  expect(texts("li b")).toEqual(["a", "b", "c"]);
  show([{ subs: ["z"] }]);
  expect(texts("li b")).toEqual(["z"]);
  expect(rows()).toEqual([first]);
  expect((await said()).map((text) => text.split(":")[0])).toEqual([
    `Cannot match the rows of na-each="items" by key`,
    `Cannot match the rows of na-each="subs" by key`,
  ]);
});

test("rows inside rows are bound to their own item and matched by their own key", () => {
  const markup = `<div na-scope="l" na-type="List"><template na-each="items" na-key="id"><section>
    <h2 na-bind="title"></h2><ul><template na-each="subs" na-key="key.at">
    <li data-at="{{key.at}}" na-bind="title"></li></template></ul></section></template></div>`;
  const { show } = openList(markup, [
    { id: 1, title: "A", subs: [{ key: { at: 1 }, title: "a1" }, { key: { at: 2 }, title: "a2" }] },
    { id: 2, title: "B", subs: [{ key: { at: 1 }, title: "b1" }] },
  ]);
  const [a1, a2, b1] = rows();
  expect(texts("h2, li")).toEqual(["A", "a1", "a2", "B", "b1"]);
  show([
    { id: 2, title: "B", subs: [{ key: { at: 1 }, title: "b1" }] },
    {
      id: 1,
      title: "A",
      subs: [{ key: { at: 2 }, title: "a2" }, { key: { at: 1 }, title: "a1!" }],
    },
  ]);
  expect(texts("h2, li")).toEqual(["B", "b1", "A", "a2", "a1!"]);
  expect(rows()).toEqual([b1, a2, a1]);
});

test("templates that stand in no element of their row come, move and go with it", () => {
  const { show } = openList(
    `<ul na-scope="l" na-type="List"><template na-each="items" na-key="id"><template na-if="title"><li na-bind="title">
     </li></template><template na-each="subs" na-key="."><li na-bind="."></li></template></template></ul>`,
    [{ id: 1, title: "A", subs: ["a1", "a2"] }, { id: 2, title: "B", subs: ["b1"] }],
  );
  expect(texts("li")).toEqual(["A", "a1", "a2", "B", "b1"]);
  const before = rows();
  show([{ id: 2, title: "", subs: ["b1", "b2"] }, { id: 1, title: "A", subs: ["a2"] }]);
  expect(texts("li")).toEqual(["b1", "b2", "A", "a2"]);
  expect(rows()).toEqual([before[4], expect.anything(), before[0], before[2]]);
  show([{ id: 1, title: "A", subs: ["a2"] }]);
  expect(texts("li")).toEqual(["A", "a2"]);
  show([]);
  expect(one("ul").children).toHaveLength(1);
});

test("only harmless attributes of a row are filled in", async () => {
  const said = hearMistakes();
  const { show } = openList(
    `<div na-scope="l" na-type="List"><ul><template na-each="items" na-key="id">
     <li class="todo {{kind}}" aria-label="{{title}} $&" data-a-b="{{id}}-{{ nested.deep }}" data-none="{{constructor.name}}"
       onclick="alert({{id}})" style="color:{{title}}" na-click="{{title}}"><a href="{{title}}"></a></li></template></ul></div>`,
    [{ id: 1, kind: "done", title: "javascript:alert(1)", nested: { deep: true } }],
  );
  const [row] = rows();
  expect(row!.className).toBe("todo done");
  expect(row!.getAttribute("aria-label")).toBe("javascript:alert(1) $&");
  expect(row!.getAttribute("data-a-b")).toBe("1-true");
  expect(row!.getAttribute("data-none")).toBe("");
  expect(row!.getAttribute("onclick")).toBe("alert({{id}})");
  expect(row!.getAttribute("style")).toContain("{{title}}");
  expect(row!.getAttribute("na-click")).toBe("{{title}}");
  expect(row!.querySelector("a")!.getAttribute("href")).toBe("{{title}}");
  show([{ id: 1, kind: "open", title: "t" }]);
  expect([row!.className, row!.getAttribute("data-a-b")]).toEqual(["todo open", "1-"]);
  expect((await said()).map((text) => /fill in ([\w-]+)/.exec(text)?.[1]))
    .toEqual(["onclick", "style", "na-click", "href"]);
});

test("a template may hold several elements, and may stand in a table", () => {
  const { show } = openList(
    `<div na-scope="l" na-type="List">
       <dl><template na-each="items" na-key="id"><dt na-bind="id"></dt><dd na-bind="title"></dd></template></dl>
       <table na-bind="items"><tbody><template na-each="items" na-key="id"><tr><td na-bind="title"></td></tr></template></tbody></table>
     </div>`,
    [{ id: 1, title: "a" }, { id: 2, title: "b" }],
  );
  show([{ id: 2, title: "b" }, { id: 1, title: "a" }]);
  expect(texts("dt, dd")).toEqual(["2", "b", "1", "a"]);
  expect(texts("tbody > tr > td")).toEqual(["b", "a"]);
});

test("a select shows its value as soon as it has the option", async () => {
  const server = new ScriptedServer({
    "List:l": { chosen: "b", items: [{ id: "a" }, { id: "b" }] },
  });
  open(
    `<div na-scope="l" na-type="List"><select ng-bind="chosen"><template na-each="items" na-key="id">
     <option value="{{id}}" na-bind="id"></option></template></select></div>`,
    server,
  );
  const select = one<HTMLSelectElement>("select");
  expect(select.value).toBe("b");
  server.change("List:l", { chosen: "c" });
  await expect.poll(() => select.value).toBe("");
  server.change("List:l", { items: [{ id: "b" }, { id: "c" }, { id: "d" }] });
  await expect.poll(() => select.options.length).toBe(3);
  expect(select.value).toBe("c");
});

test("rows that an earlier connection or the server left behind are not duplicated", () => {
  const server = new ScriptedServer({ "List:l": { items: [{ id: 1, title: "a" }] } });
  open(list, server).close();
  const left = document.body.innerHTML;
  render(left);
  expect(rows()).toHaveLength(1);
  open(left, server);
  expect(texts("li b")).toEqual(["a"]);
});

test("a value that is not a list shows no rows", () => {
  const { show } = openList(list, [{ id: 1, title: "a" }]);
  for (const nothing of [null, "abc", 7, { length: 3 }]) {
    show(nothing);
    expect(rows()).toHaveLength(0);
    show([{ id: 1, title: "a" }]);
    expect(rows()).toHaveLength(1);
  }
});

test("a row that another script removed comes back with the next patch", () => {
  const { show } = openList(list, [{ id: 1, title: "a" }, { id: 2, title: "b" }]);
  rows()[1]!.remove();
  show([{ id: 1, title: "a" }, { id: 2, title: "b!" }]);
  expect(texts("li b")).toEqual(["a", "b!"]);
});

test("a row that moves keeps what its frames hold and where it is scrolled to", async () => {
  const server = new ScriptedServer({ "List:l": { items: [{ id: 1 }, { id: 2 }, { id: 3 }] } });
  open(
    `<div na-scope="List:l"><template na-each="items" na-key="id"><section>
      <iframe srcdoc="<input>"></iframe>
      <div style="height: 20px; overflow: auto"><p style="height: 500px" na-bind="id"></p></div>
    </section></template></div>`,
    server,
  );
  const rows = () => [...document.querySelectorAll("section")];
  const inFrame = (row: Element) =>
    row.querySelector("iframe")!.contentDocument!.querySelector("input");
  await expect.poll(() => rows().map((row) => inFrame(row)?.localName)).toEqual(
    Array(3).fill("input"),
  );
  const before = rows();
  for (const [index, row] of before.entries()) {
    inFrame(row)!.value = `typed ${index}`;
    row.querySelector("div")!.scrollTop = 100 + index;
  }
  server.change("List:l", { items: [{ id: 3 }, { id: 1 }, { id: 2 }].reverse() });
  await expect.poll(() => texts("section p")).toEqual(["2", "1", "3"]);
  expect(rows()).toEqual([before[1], before[0], before[2]]);
  expect(rows().map((row) => inFrame(row)?.value)).toEqual(["typed 1", "typed 0", "typed 2"]);
  expect(rows().map((row) => row.querySelector("div")!.scrollTop)).toEqual([101, 100, 102]);
});
