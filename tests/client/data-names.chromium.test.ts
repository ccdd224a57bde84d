import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import * as attributes from "../../src/page/attributes.ts";
import { hearMistakes } from "./mistakes.ts";
import { one, open, refuse, ScriptedServer, texts } from "./support.ts";

interface Row {
  id: string;
  title: string;
}

function rows(state: Record<string, unknown>): Row[] {
  return state["items"] as Row[];
}

function server(): ScriptedServer {
  return new ScriptedServer({
    "List:l": { title: "Plans", items: [{ id: "a", title: "Read" }, { id: "b", title: "Rest" }] },
    "User:u": { name: "Ada" },
  }, {
    List: {
      remove: ({ id }, state) => ({
        ...state,
        items: rows(state).filter((row) => row.id !== id),
      }),
      rename: ({ title }, state) =>
        title ? { ...state, title } : refuse("empty", "Say more", { title: "This is empty" }),
    },
  });
}

/** A page with each attribute; `na` is what its names begin with. */
function page(na: string): string {
  return `
    <section ${na}-scope="l" ${na}-type="List">
      <h1 ${na}-bind="title"></h1>
      <form ${na}-submit="rename"><input name="other" ${na}-bind="title" ng-bind="title">
        <button>Rename</button><i ${na}-error="title"></i><b ${na}-error></b></form>
      <ul><template ${na}-each="items" ${na}-key="id"><li>
        <span ${na}-bind="title"></span>
        <button ${na}-click="remove" ${na}-confirm="Remove {{title}}?" ${na}-once data-id="{{id}}"
          data-nap="yes" ${na}-on="na:none: remove">Remove</button>
      </li></template></ul>
    </section>
    <p ${na}-ignore><u ${na}-bind="title">own</u></p>
    <p ${na}-instance="User:u"><em ${na}-bind="name"></em>
      <template ${na}-if="name"><s ${na}-show="!name" ${na}-class="on: name" ${na}-attr="title: name"></s>
      </template></p>`;
}

test.for(["na", "data-na"])("a page of %s-* attributes shows, sends and refuses", async (na) => {
  const scripted = server();
  const questions: string[] = [];
  open(page(na), scripted, { confirm: (question) => questions.push(question) > 0 });
  expect(texts("h1, li span, em")).toEqual(["Plans", "Read", "Rest", "Ada"]);
  expect(texts("u")).toEqual(["own"]);
  const [, second] = document.querySelectorAll("li");
  expect([one("s").hidden, one("s").className, one("s").title]).toEqual([true, "on", "Ada"]);

  await userEvent.click(document.querySelector("li button")!);
  await expect.poll(() => texts("li span")).toEqual(["Rest"]);
  expect(document.querySelector("li")).toBe(second);
  expect(questions).toEqual(["Remove Read?"]);

  await userEvent.fill(one("input"), "");
  await userEvent.click(one("form button"));
  await expect.poll(() => texts("i, b")).toEqual(["This is empty", "Say more"]);
  await userEvent.fill(one("input"), "Tasks");
  await userEvent.click(one("form button"));
  await expect.poll(() => texts("h1, i, b")).toEqual(["Tasks", "", ""]);

  expect(scripted.sent.map(({ event, payload }) => [event, payload])).toEqual([
    ["remove", { id: "a", nap: "yes" }],
    ["rename", { title: "" }],
    ["rename", { title: "Tasks" }],
  ]);
});

test("every na- attribute has its data-na- name in the page that tries them", () => {
  const names = Object.values(attributes).filter((value) => typeof value === "string");
  const tried = page("na");
  // The client or the server writes the one, the tests of <body na-connect> try the other.
  const elsewhere = [
    attributes.naKeyVal,
    attributes.naIfRow,
    attributes.naSnapshot,
    attributes.naIgnore,
    attributes.naPending,
    attributes.naState,
    attributes.naConnect,
    attributes.naTransport,
    // It is read as na-once is, and loads a module.
    attributes.naOptimistic,
    // tests/e2e/waiting.test.ts tries these.
    attributes.naUser,
    attributes.naWaiting,
    attributes.naPrivate,
    attributes.ngBind,
  ];
  expect(names.filter((name) => !elsewhere.includes(name) && !tried.includes(name))).toEqual([]);
});

test("where an attribute has both names, the shorter one counts, even if it is empty", async () => {
  const scripted = server();
  open(
    `<div na-scope="u" data-na-scope="other" na-type="User"><span na-bind="name" data-na-bind="x"></span>
     <button na-click="" data-na-click="remove">?</button></div>`,
    scripted,
  );
  expect(scripted.followed).toEqual(["User:u"]);
  expect(texts("span")).toEqual(["Ada"]);
  await userEvent.click(one("button"));
  expect(scripted.sent).toEqual([]);
});

test("no data-na- attribute of a row is filled in from its item, as no na- attribute is", async () => {
  const said = hearMistakes();
  open(
    `<ul na-scope="l" na-type="List"><template na-each="items" na-key="id">
     <li data-na-click="{{title}}" data-id="{{id}}"></li></template></ul>`,
    server(),
  );
  expect(Array.from(document.querySelectorAll("li"), (row) => ({ ...row.dataset }))).toEqual([
    { naClick: "{{title}}", id: "a" },
    { naClick: "{{title}}", id: "b" },
  ]);
  expect(await said()).toEqual([
    expect.stringContaining('Cannot fill in data-na-click="{{title}}"'),
  ]);
});
