import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { one, open, ScriptedServer } from "./support.ts";

const form = `
  <form na-bind na-scope="f" na-type="Form" na-submit="save">
    <input ng-bind="profile.name" name="ignored">
    <textarea name="note"></textarea>
    <input type="number" name="age">
    <input type="radio" name="size" value="s"><input type="radio" name="size" value="m"><input type="radio" name="size" value="l">
    <input type="checkbox" name="news">
    <input type="checkbox" name="terms" value="accepted">
    <input type="checkbox" name="color" value="red"><input type="checkbox" name="color" value="green"><input type="checkbox" name="color" value="blue">
    <select ng-bind="country"><option value="ie">Ireland</option><option value="fr">France</option></select>
    <select name="langs" multiple><option>en</option><option>ga</option><option>fr</option></select>
    <input type="hidden" name="token" value="t">
    <input name="off" value="x" disabled>
    <fieldset disabled><input name="alsoOff" value="x"></fieldset>
    <input value="nameless">
    <button name="intent" value="draft">Draft</button>
    <button id="save" name="intent" value="save">Save</button>
  </form>`;

const state = {
  profile: { name: "Ada" },
  note: "two\nlines",
  age: 36,
  size: "m",
  news: true,
  terms: "accepted",
  color: ["red", "blue"],
  country: "fr",
  langs: ["ga", "fr"],
};

function server(initial: Record<string, unknown>): ScriptedServer {
  return new ScriptedServer({ "Form:f": initial }, {
    Form: { save: (_, current) => ({ ...current, saved: true }) },
  });
}

function shown(): Record<string, unknown> {
  const values = (name: string) =>
    Array.from(
      document.querySelectorAll<HTMLInputElement>(`[name=${name}]:checked`),
      (c) => c.value,
    );
  return {
    name: one<HTMLInputElement>(`[ng-bind="profile.name"]`).value,
    note: one<HTMLTextAreaElement>("textarea").value,
    age: one<HTMLInputElement>("[name=age]").value,
    size: values("size"),
    news: values("news"),
    terms: values("terms"),
    color: values("color"),
    country: one<HTMLSelectElement>("[ng-bind=country]").value,
    langs: Array.from(one<HTMLSelectElement>("[name=langs]").selectedOptions, (o) => o.value),
  };
}

test("every kind of control shows its value from the state", async () => {
  const scripted = server(state);
  open(form, scripted);
  expect(shown()).toEqual({
    name: "Ada",
    note: "two\nlines",
    age: "36",
    size: ["m"],
    news: ["on"],
    terms: ["accepted"],
    color: ["red", "blue"],
    country: "fr",
    langs: ["ga", "fr"],
  });
  scripted.change("Form:f", {
    profile: {},
    note: "",
    age: null,
    size: "l",
    news: false,
    terms: undefined,
    color: ["green"],
    country: "ie",
    langs: [],
  });
  await expect.poll(shown).toEqual({
    name: "",
    note: "",
    age: "",
    size: ["l"],
    news: [],
    terms: [],
    color: ["green"],
    country: "ie",
    langs: [],
  });
  scripted.change("Form:f", { terms: true });
  await expect.poll(() => shown()["terms"]).toEqual(["accepted"]);
});

test("a submit sends what a form would, and a boolean for a checkbox without a value", async () => {
  const scripted = server(state);
  open(form, scripted);
  await userEvent.click(one("#save"));
  await expect.poll(() => scripted.sent.length).toBe(1);
  expect(scripted.sent[0]!.payload).toEqual({
    "profile.name": "Ada",
    note: "two\nlines",
    age: "36",
    size: "m",
    news: true,
    terms: "accepted",
    color: ["red", "blue"],
    country: "fr",
    langs: ["ga", "fr"],
    token: "t",
    intent: "save",
  });
});

test("a choice that was not made is sent as false, as an empty list, or not at all", async () => {
  const scripted = server({ country: "ie" });
  open(form, scripted);
  one<HTMLFormElement>("form").requestSubmit();
  await expect.poll(() => scripted.sent.length).toBe(1);
  expect(scripted.sent[0]!.payload).toEqual({
    "profile.name": "",
    note: "",
    age: "",
    news: false,
    color: [],
    country: "ie",
    langs: [],
    token: "t",
  });
});

test("controls that belong to the form from outside it are sent, even if one is called elements", async () => {
  const scripted = server({});
  open(
    `<div na-scope="f" na-type="Form"><form id="x" na-submit="save"><input name="elements" value="1"></form>
     <input form="x" name="outside" value="2"><input name="__proto__" value="3" form="x"></div>`,
    scripted,
  );
  one<HTMLFormElement>("#x").requestSubmit();
  await expect.poll(() => scripted.sent.length).toBe(1);
  expect(JSON.stringify(scripted.sent[0]!.payload))
    .toBe(`{"elements":"1","outside":"2","__proto__":"3"}`);
});

test("a hint before the path of ng-bind is not part of the name that is sent", async () => {
  const scripted = server({ title: "Read", place: { city: "Cork" } });
  open(
    `<form na-bind na-scope="f" na-type="Form" na-submit="save"><input ng-bind="Form:title">
     <input name="ignored" ng-bind=" Place : place.city "><input type="checkbox" ng-bind="a:b:c"><button>Save</button></form>`,
    scripted,
  );
  await userEvent.click(one("button"));
  await expect.poll(() => scripted.sent.map(({ payload }) => payload))
    .toEqual([{ title: "Read", "place.city": "Cork", "b:c": false }]);
});

test("an accepted submit resets controls that the state has no value for, and the others show the state", async () => {
  const scripted = server(state);
  open(
    `<form na-bind na-scope="f" na-type="Form" na-submit="save"><input name="title" value="start"><textarea name="more"></textarea>
     <select name="kind"><option>a</option><option selected>b</option></select><input type="checkbox" name="urgent">
     <input ng-bind="draft"><input name="age"><button>Save</button></form>`,
    scripted,
  );
  await userEvent.fill(one("[name=title]"), "typed");
  await userEvent.fill(one("[name=more]"), "typed");
  await userEvent.fill(one("[ng-bind=draft]"), "typed");
  await userEvent.selectOptions(one("[name=kind]"), "a");
  await userEvent.click(one("[name=urgent]"));
  await userEvent.fill(one("[name=age]"), "37");
  await userEvent.click(one("button"));
  await expect.poll(() => one<HTMLInputElement>("[name=title]").value).toBe("start");
  expect(scripted.sent[0]!.payload).toEqual({
    title: "typed",
    more: "typed",
    kind: "a",
    urgent: true,
    draft: "typed",
    age: "37",
  });
  expect(one<HTMLTextAreaElement>("[name=more]").value).toBe("");
  expect(one<HTMLSelectElement>("[name=kind]").value).toBe("b");
  expect(one<HTMLInputElement>("[name=urgent]").checked).toBe(false);
  expect(one<HTMLInputElement>("[ng-bind=draft]").value).toBe("");
  // The server kept its own 36, and the field holds a draft no longer.
  expect(one<HTMLInputElement>("[name=age]").value).toBe("36");
});

test("a click sends the data attributes under their names as written", async () => {
  const scripted = new ScriptedServer({}, { List: { pick: (_, current) => current } });
  open(
    `<p na-scope="l" na-type="List"><a href="#away" na-click="pick" data-todo-id="7" data-quote='"'><b>pick</b></a></p>`,
    scripted,
  );
  const before = location.hash;
  await userEvent.click(one("b"));
  await expect.poll(() => scripted.sent.length).toBe(1);
  expect(scripted.sent[0]!.payload).toEqual({ "todo-id": "7", quote: `"` });
  expect(location.hash).toBe(before);
});

const labels: readonly [string, readonly string[]][] = [
  // The label around a control, whichever part is clicked.
  [`<label na-click="a"><input type="checkbox"> <span id="here">text</span></label>`, ["a"]],
  [`<label na-click="a"><input id="here" type="checkbox"> text</label>`, ["a"]],
  [`<label na-click="a" id="here">text</label>`, ["a"]],
  [`<label na-click="a"><span id="here">text</span> <input></label>`, ["a"]],
  // A control that cannot be clicked, and content of a label that does not click its control.
  [`<label na-click="a"><input type="checkbox" disabled> <span id="here">text</span></label>`, [
    "a",
  ]],
  [`<label na-click="a"><input type="checkbox"> <a id="here" href="#there">text</a></label>`, [
    "a",
  ]],
  // A label of a control elsewhere.
  [`<label na-click="a" for="c" id="here">text</label> <input type="checkbox" id="c">`, ["a"]],
  [`<label na-click="a" for="c" id="here">text</label> <input type="radio" id="c" na-click="b">`, [
    "b",
  ]],
  // A label inside an element that is clicked as a whole.
  [`<div na-click="a"><label id="here">text <input type="checkbox"></label></div>`, ["a"]],
  [`<label>text <b id="here" na-click="a">this</b> <input type="checkbox"></label>`, ["a"]],
];

test.for(labels)("one click on or in a label sends one event: %s", async ([markup, events]) => {
  const same = (_: unknown, current: Record<string, unknown>) => current;
  const scripted = new ScriptedServer({}, { List: { a: same, b: same } });
  open(`<section na-scope="l" na-type="List">${markup}</section>`, scripted);
  // The driver takes the label of a disabled control for disabled; the browser does not.
  await userEvent.click(one("#here"), { force: true });
  await expect.poll(() => scripted.sent.map(({ event }) => event)).toEqual(events);
});

test("an element with na-click inside a label sends its event before the control that the browser clicks next", async () => {
  const same = (_: unknown, current: Record<string, unknown>) => current;
  const scripted = new ScriptedServer({}, { List: { a: same, b: same } });
  open(
    `<p na-scope="l" na-type="List"><label><input type="checkbox" na-click="b"> <i na-click="a">text</i></label></p>`,
    scripted,
  );
  await userEvent.click(one("i"));
  await expect.poll(() => scripted.sent.map(({ event }) => event)).toEqual(["a", "b"]);
});

test("a page's own listener can keep an event from being sent", async () => {
  const scripted = new ScriptedServer({}, { List: { pick: (_, current) => current } });
  open(
    `<p na-scope="l" na-type="List"><button id="no" na-click="pick">no</button><button id="yes" na-click="pick" data-id="1">yes</button></p>`,
    scripted,
  );
  one("#no").addEventListener("click", (event) => event.preventDefault());
  await userEvent.click(one("#no"));
  await userEvent.click(one("#yes"));
  await expect.poll(() => scripted.sent.map(({ payload }) => payload)).toEqual([{ id: "1" }]);
});

test("a click or an edit that a script reports at the document itself is nobody's", async () => {
  const scripted = new ScriptedServer({}, { List: { pick: (_, current) => current } });
  open(`<button na-scope="l" na-type="List" na-click="pick">pick</button>`, scripted);
  const failed: unknown[] = [];
  const fail = (event: Event) => failed.push(event);
  addEventListener("error", fail);
  addEventListener("unhandledrejection", fail);
  for (const name of ["click", "input", "submit", "reset", "focusout"]) {
    document.dispatchEvent(new Event(name));
  }
  await userEvent.click(one("button"));
  await expect.poll(() => scripted.sent.length).toBe(1);
  removeEventListener("error", fail);
  removeEventListener("unhandledrejection", fail);
  expect(failed).toEqual([]);
});
