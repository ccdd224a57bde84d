import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { hearMistakes } from "./mistakes.ts";
import { one, open, ScriptedServer, texts } from "./support.ts";

function serve(markup: string, state: Record<string, unknown>): ScriptedServer {
  const server = new ScriptedServer({ "List:l": state }, {
    List: { add: ({ title }, before) => ({ ...before, title }) },
  });
  open(`<section na-scope="l" na-type="List">${markup}</section>`, server);
  return server;
}

/** Changes the state and waits until it is shown. */
async function change(server: ScriptedServer, changes: Record<string, unknown>): Promise<void> {
  server.change("List:l", changes);
  server.snapshot("List:l");
  await Promise.resolve();
}

/** Returns the mutations below the body while something is done. */
async function mutationsOf(work: () => Promise<void>): Promise<MutationRecord[]> {
  const observer = new MutationObserver(() => {});
  observer.observe(document.body, {
    ...{ subtree: true, childList: true, characterData: true, attributes: true },
  });
  await work();
  const records = observer.takeRecords();
  observer.disconnect();
  return records;
}

test("na-show hides what does not hold, and shows it again", async () => {
  const server = serve(
    `<p hidden na-show="title">a</p><p na-show="!items">b</p><p na-show="kind = 'x y'">c</p>
     <p na-show="kind!=done">d</p><p na-show="missing.deep">e</p>`,
    { title: "Plans", items: [], kind: "x y" },
  );
  const visible = () => texts("p:not([hidden])").join("");
  expect(visible()).toBe("abcd");
  await change(server, { title: "", items: [1], kind: "done" });
  expect(visible()).toBe("");
  await change(server, { title: "0", kind: "open" });
  expect(visible()).toBe("ad");
});

test("nothing of a condition changes before there is a state", async () => {
  open(
    `<section na-scope="l" na-type="List"><p hidden na-show="!title"></p><i na-class="on: !title">
     </i><u title="own" na-attr="title: title"></u><template na-if="!title"><b></b></template></section>`,
    { send: () => new Promise(() => {}), follow: () => ({ reopen() {}, close() {} }) },
  );
  expect(one("p").hidden).toBe(true);
  expect([one("i").className, one("u").title]).toEqual(["", "own"]);
  expect(document.querySelector("b")).toBeNull();
});

test("na-if shows its template once, with bindings, forms and lists, while it holds", async () => {
  const server = serve(
    `<template na-if="isOpen"><h2 data-kind="{{kind}}" na-bind="title"></h2>
     <form na-submit="add"><input name="title" required><button>Add</button></form>
     <ul><template na-each="items" na-key="id"><li na-bind="id"></li></template></ul></template>
     <template na-if="!isOpen"><em>closed</em></template>`,
    { isOpen: false, title: "Plans", kind: "x", items: [{ id: 1 }, { id: 2 }] },
  );
  expect(texts("h2, li, em")).toEqual(["closed"]);
  await change(server, { isOpen: true });
  expect(texts("h2, li, em")).toEqual(["Plans", "1", "2"]);
  expect(one("h2").dataset["kind"]).toBe("x");
  const [heading, row] = [one("h2"), document.querySelector("li")];
  await userEvent.fill(one("input"), "Tasks");
  await userEvent.click(one("button"));
  await expect.poll(() => texts("h2")).toEqual(["Tasks"]);
  await change(server, { items: [{ id: 2 }, { id: 1 }] });
  expect(texts("li")).toEqual(["2", "1"]);
  expect([one("h2"), document.querySelectorAll("li")[1]]).toEqual([heading, row]);
  await change(server, { isOpen: false });
  expect(texts("h2, li, em, form")).toEqual(["closed"]);
});

test("what na-if has shown for an earlier connection is not shown twice", () => {
  serve(`<template na-if="title"><b na-bind="title"></b></template>`, { title: "Plans" });
  const left = document.body.innerHTML;
  open(left, new ScriptedServer({ "List:l": { title: "Plans" } }));
  expect(texts("b")).toEqual(["Plans"]);
});

test("an na-error within na-if is for the events of the whole scope", async () => {
  const server = serve(
    `<template na-if="title"><p na-error></p></template><button na-click="missing">?</button>`,
    { title: "Plans" },
  );
  await userEvent.click(one("button"));
  await expect.poll(() => texts("p")).toEqual(["List has no event missing"]);
  expect(server.sent).toHaveLength(1);
});

test("na-class sets each class by its condition, and leaves all others", async () => {
  const server = serve(
    `<b class="own" na-class="md:flex on: title; late: kind=late"></b>
     <template na-each="items" na-key="id"><i class="item {{kind}}" na-class="done: done"></i></template>`,
    { title: "", kind: "late", items: [{ id: 1, kind: "a", done: true }] },
  );
  expect(one("b").className).toBe("own late");
  one("b").classList.add("other");
  await change(server, { title: "x", kind: "" });
  expect(one("b").className).toBe("own other md:flex on");
  expect(one("i").className).toBe("item a done");
  await change(server, { items: [{ id: 1, kind: "b", done: true }] });
  expect(one("i").className).toBe("item b done");
  await change(server, { items: [{ id: 1, kind: "b", done: false }] });
  expect(one("i").className).toBe("item b");
});

test("na-attr sets, empties and removes attributes, and tells aria-* and data-* apart", async () => {
  const server = serve(
    `<button title="own" na-attr="disabled: full; aria-pressed: full; data-full: full; title: note;
       value: count; data-note: note; class: a {{count}}; tabindex: items"></button>
     <a na-attr="href: /i/{{count}}?x={{note}}"></a><svg na-attr="viewBox: box"></svg>`,
    { full: true, count: 0, box: "0 0 1 1", items: [1] },
  );
  const shown = () => one("button").outerHTML.replace(/ na-attr="[^"]*"/, "");
  expect(shown()).toBe(
    `<button disabled="" aria-pressed="true" data-full="true" value="0" class="a 0"></button>`,
  );
  expect(one("a").getAttribute("href")).toBe("/i/0?x=");
  expect(one<SVGElement>("svg").getAttribute("viewBox")).toBe("0 0 1 1");
  await change(server, { full: false, count: 2, note: "" });
  expect(shown()).toBe(
    `<button aria-pressed="false" data-full="false" value="2" class="a 2" title="" data-note=""></button>`,
  );
  await change(server, { full: null, note: null });
  expect(shown()).toBe(`<button value="2" class="a 2"></button>`);
});

test("what shows the same already is not touched", async () => {
  const server = serve(
    `<p na-show="title" na-class="on: title; off: !title" na-attr="title: {{title}}; hidden: gone"></p>
     <template na-if="title"><b na-bind="title"></b></template>`,
    { title: "Plans", other: 1 },
  );
  const records = await mutationsOf(() => change(server, { other: 2 }));
  expect(records).toEqual([]);
});

test("rows look out of themselves by ../, and are numbered by @index and @number", async () => {
  const server = serve(
    `<ul><template na-each="items" na-key="id"><li na-class="chosen: id=../chosen"
       na-attr="aria-setsize: ../items.length" data-at="{{@index}}"><b na-bind="@number"></b>
       <template na-if="../isOpen"><i na-bind="../title"></i></template>
       <template na-each="tags" na-key="."><u na-bind="../id"></u><s na-bind="../../title"></s></template>
     </li></template></ul>`,
    {
      ...{ title: "T", chosen: "b", isOpen: false },
      items: [{ id: "a", tags: ["x"] }, { id: "b", tags: [] }],
    },
  );
  const shown = () => {
    return Array.from(document.querySelectorAll("li"), (row) => [
      row.className,
      row.dataset["at"],
      row.getAttribute("aria-setsize"),
      row.textContent.trim().replace(/\s+/g, " "),
    ]);
  };
  expect(shown()).toEqual([["", "0", "2", "1 aT"], ["chosen", "1", "2", "2"]]);
  const rows = [...document.querySelectorAll("li")];
  server.change("List:l", { title: "U", chosen: "a", isOpen: true });
  await expect.poll(shown).toEqual([["chosen", "0", "2", "1 U aU"], ["", "1", "2", "2 U"]]);
  server.change("List:l", {
    items: [{ id: "b", tags: [] }, { id: "a", tags: ["x"] }, { id: "c", tags: ["y"] }],
  });
  await expect.poll(shown).toEqual([
    ["", "0", "3", "1 U"],
    ["chosen", "1", "3", "2 U aU"],
    ["", "2", "3", "3 U cU"],
  ]);
  expect([...document.querySelectorAll("li")].slice(0, 2)).toEqual(rows.reverse());
});

test("a list may be that of the row around it", async () => {
  const server = serve(
    `<template na-each="items" na-key="id"><p><template na-each="../tags" na-key="."><i na-bind="."></i>
     </template></p></template>`,
    { items: [{ id: 1 }, { id: 2 }], tags: ["a", "b"] },
  );
  expect(texts("i")).toEqual(["a", "b", "a", "b"]);
  server.change("List:l", { tags: ["b"] });
  await expect.poll(() => texts("i")).toEqual(["b", "b"]);
});

test("a select shows its value once a condition brings the option", async () => {
  const server = serve(
    `<select na-bind="kind"><option>a</option><template na-if="more"><option>b</option></template></select>`,
    { kind: "b", more: false },
  );
  expect(one<HTMLSelectElement>("select").value).toBe("");
  await change(server, { more: true });
  expect(one<HTMLSelectElement>("select").value).toBe("b");
});

test.for([
  ["<div na-if='title'></div>", "Cannot use na-if on a <div>: write it on a <template>"],
  ["<b na-bind='a b'></b>", `Cannot read "a b": "b" is not expected; write such as`],
  ["<b na-show=''></b>", `Cannot read "": it ends too early;`],
  ["<b na-class='on'></b>", `Cannot read "on": it has no name and colon before it;`],
  ["<b na-attr='a&b: title'></b>", `Cannot read "a&b: title": "a&b" is no attribute;`],
  ["<b na-bind='../title'></b>", `Cannot read "../title": it leaves more rows than it is in;`],
  [
    "<template na-each='items' na-if='title'><i></i></template>",
    "Cannot use na-if beside na-each: write one <template> inside the other",
  ],
])("%s is reported once, and everything else works", async ([markup, message]) => {
  const heard = hearMistakes();
  serve(
    `${markup}<template na-each="items" na-key="."><em>${markup}</em></template>
    <h1 na-bind="title"></h1>`,
    { title: "Plans", items: [1, 2] },
  );
  expect(texts("h1")).toEqual(["Plans"]);
  const said = (await heard()).filter((text) => !text.includes("by key"));
  expect(said.filter((text) => text.startsWith(message!)).length).toBeGreaterThan(0);
  expect(new Set(said).size).toBe(said.length);
});
