import { connect } from "rian/client";
import { expect, onTestFinished, test } from "vitest";
import { stateTag } from "../../src/processor/state-tag.ts";
import { manualStreams, turn } from "./manual-network.ts";
import { one, render, ScriptedServer, snapshot, texts } from "./support.ts";

const state = {
  title: "To do",
  due: "2026-12-01",
  draft: "typed by the server",
  items: [{ id: 1, title: "One", done: true }, { id: "b", title: "Two", done: false }],
};

/** A page as the server paints it. The date is as no browser writes it. */
function painted(parts: { rows?: string; states?: string } = {}): string {
  const rows = parts.rows ??
    `<li na-key-val="1" id="row-1" class="done" na-class="done: done" title="One, of To do"><b na-bind="title">One</b>
      <p na-if-row="" class="tick">done</p><template na-if="done"><p class="tick">done</p></template></li>
    <li na-key-val="b" id="row-b" na-class="done: done" title="Two, of To do"><b na-bind="title">Two</b>
      <template na-if="done"><p class="tick">done</p></template></li>`;
  const states = parts.states ??
    JSON.stringify([{ type: "List", instance: "1", rev: 3, epoch: "e", state }]);
  return `<section na-scope="List:1">
    <h1 na-bind="title">To do</h1>
    <time na-bind="due|date">the first of Nollaig</time>
    <i na-attr="title: due|date" title="the first">!</i>
    <input na-bind="draft" value="typed by the server">
    <p class="empty" na-show="!items" hidden>Nothing</p>
    <ul>${rows}
      <template na-each="items" na-key="id"><li id="row-{{id}}" na-class="done: done" title="{{title}}, of {{../title}}"><b na-bind="title"></b>
      <template na-if="done"><p class="tick">done</p></template></li></template>
    </ul>
  </section>
  <script type="application/json" na-snapshot>{"locale":"en","timeZone":"UTC","states":${states}}</script>`;
}

/** Opens a painted page, and returns what a MutationObserver sees of it but for `na-state`. */
function takeOver(html: string) {
  const { EventSource, streams } = manualStreams();
  const records: MutationRecord[] = [];
  const observer = new MutationObserver((some) => records.push(...some));
  render(html);
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });
  const connection = connect({ EventSource });
  onTestFinished(() => {
    connection.close();
    observer.disconnect();
  });
  const seen = () => {
    records.push(...observer.takeRecords());
    return records.filter(({ attributeName }) => attributeName !== "na-state").length;
  };
  return { connection, streams, seen };
}

test("a painted page is taken over without a mutation or a mount, and its stream goes on from there", async () => {
  const { connection, streams, seen } = takeOver(painted());
  await turn();
  expect([seen(), streams.length, streams[0]!.haves]).toEqual([0, 1, [`e.3.${stateTag(state)}`]]);
  expect(connection.state("List", "1")).toEqual(state);

  const rows = all("li");
  streams[0]!.open();
  streams[0]!.send({
    action: "patch",
    type: "List",
    instance: "1",
    rev: 4,
    ops: [
      { op: "replace", path: "/items/1/done", value: true },
      { op: "move", from: "/items/0", path: "/items/1" },
      { op: "add", path: "/items/-", value: { id: 3, title: "Three", done: false } },
      { op: "replace", path: "/title", value: "All" },
    ],
  });
  expect(texts("h1, b")).toEqual(["All", "Two", "One", "Three"]);
  expect(all("li").slice(0, 2)).toEqual([rows[1], rows[0]]);
  expect(
    all("li").map((row) => [row.id, row.className, row.title, row.querySelectorAll("p").length]),
  )
    .toEqual([
      ["row-b", "done", "Two, of All", 1],
      ["row-1", "done", "One, of All", 1],
      ["row-3", "", "Three, of All", 0],
    ]);
});

test("what a format has painted stays until its value changes", async () => {
  const { streams } = takeOver(painted());
  streams[0]!.open();
  streams[0]!.send(snapshot("List:1", { ...state, title: "All" }, 4, "e"));
  await turn();
  expect(texts("h1, time")).toEqual(["All", "the first of Nollaig"]);
  expect(one("i").title).toBe("the first");
  streams[0]!.send(snapshot("List:1", { ...state, due: "2026-12-02" }, 5, "e"));
  await expect.poll(() => texts("time")).toEqual(["Dec 2, 2026"]);
  expect(one("i").title).toBe("Dec 2, 2026");
});

test("a painted row that an extension has changed keeps what is bound in it", async () => {
  const rows = `<x-extension></x-extension><li na-key-val="1" id="row-1" title="">
      <x-extension><b>not ours</b></x-extension><b na-bind="title">One</b><template na-if="done"><p class="tick">done</p></template></li>
    <x-extension></x-extension><li na-key-val="b" id="row-b"><u na-bind="title">Two</u></li>`;
  takeOver(painted({ rows }));
  expect(texts("li > b")).toEqual(["One", "Two"]);
  expect(all("li x-extension").length).toBe(1);
  expect(all("ul > x-extension").length).toBe(2);
  expect(all("li").map((row) => row.title)).toEqual(["One, of To do", "Two, of To do"]);
});

test.for(
  [
    ["too many rows", [{ ...state, items: state.items.slice(1) }], ["Two"]],
    ["rows in another order", [{ ...state, items: [...state.items].reverse() }], ["Two", "One"]],
    ["too few rows", [{
      ...state,
      items: [...state.items, { id: 4, title: "Four", done: true }],
    }], ["One", "Two", "Four"]],
  ] as const,
)("a page with %s shows its state", ([, [held], expected]) => {
  const states = [{ type: "List", instance: "1", rev: 3, epoch: "e", state: held }];
  takeOver(painted({ states: JSON.stringify(states) }));
  expect(texts("li b")).toEqual(expected);
});

test.for([["nothing", ""], ["half a text", '[{"type":"Li'], ["no list", '{"a":1}'], [
  "no states",
  "[1,null]",
]])(
  "a page whose states are %s is connected as one that was not painted",
  async ([, states]) => {
    const { streams } = takeOver(painted({ states }));
    expect(streams[0]!.haves).toEqual([""]);
    streams[0]!.open();
    streams[0]!.send(snapshot("List:1", { ...state, title: "All" }, 4, "e"));
    expect(texts("h1, b")).toEqual(["All", "One", "Two"]);
    expect(all("li p").length).toBe(1);
  },
);

test("another connection begins with the page as the first has left it", () => {
  render(painted());
  const first = connect({
    transport: new ScriptedServer({ "List:1": { ...state, title: "Now" } }),
  });
  expect(texts("h1")).toEqual(["Now"]);
  first.close();
  const rows = all("li");
  const later = new ScriptedServer({ "List:1": { ...state, title: "Later" } });
  const second = connect({ transport: later });
  onTestFinished(() => second.close());
  expect(texts("h1, b")).toEqual(["Later", "One", "Two"]);
  expect(all("li")).toEqual(rows);
});

test("a part of a page is taken over as the whole is", () => {
  render(painted());
  const { EventSource, streams } = manualStreams();
  const connection = connect({ root: one("section"), EventSource });
  onTestFinished(() => connection.close());
  expect(streams[0]!.haves).toEqual([`e.3.${stateTag(state)}`]);
  expect(texts("h1, b")).toEqual(["To do", "One", "Two"]);
});

function all(selector: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(selector)];
}
