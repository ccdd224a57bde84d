import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { hearMistakes } from "./mistakes.ts";
import { one, open, refuse, ScriptedServer, texts } from "./support.ts";

type State = Record<string, unknown>;

function serve(markup: string, state: State = {}): ScriptedServer {
  const server = new ScriptedServer({ "Board:b": { title: "Plans", ...state } }, {
    Board: {
      save: ({ title }, before) => {
        if (title === "") {
          refuse("invalid", "Look again", { title: "Write a title", note: "And why" });
        }
        return { ...before, title };
      },
      drop: ({ id }, { items, ...before }) => ({
        ...before,
        items: (items as { id: string }[]).filter((item) => item.id !== id),
      }),
      toggle: (_, before) => ({ ...before, isOpen: !before["isOpen"] }),
      fail: ({ why }) => refuse("no", `No ${why}`),
    },
  });
  open(`<section na-scope="b" na-type="Board">${markup}</section>`, server);
  return server;
}

/** Returns what has the focus: its id, or its value, or its name. */
function focused(): string {
  const { id, localName } = document.activeElement!;
  return id || localName;
}

test("an error is shown in the nearest place: of the form, of the row, of the scope", async () => {
  serve(
    `<form id="a"><button type="button" na-click="fail" data-why="a">a</button><i na-error></i></form>
     <form id="b"><button type="button" na-click="fail" data-why="b">b</button></form>
     <template na-each="items" na-key="id"><div><button na-click="fail" data-why="{{id}}">r</button>
       <template na-if="id"><i na-error></i></template>
       <form><button type="button" na-click="fail" data-why="in {{id}}">f</button></form></div></template>
     <button id="c" na-click="fail" data-why="c">c</button><i na-error></i>`,
    { items: [{ id: "1" }, { id: "2" }] },
  );
  const places = () => texts("i");
  const press = async (index: number) => {
    await userEvent.click(document.querySelectorAll("button")[index]!);
    await expect.poll(() => document.querySelectorAll("button")[index]!.hasAttribute("na-pending"))
      .toBe(false);
  };
  await press(0);
  expect(places()).toEqual(["No a", "", "", ""]);
  await press(1);
  expect(places()).toEqual(["No a", "", "", "No b"]);
  await press(2);
  expect(places()).toEqual(["No a", "No 1", "", ""]);
  await press(5);
  expect(places()).toEqual(["No a", "No 1", "No in 2", ""]);
  await press(6);
  expect(places()).toEqual(["No a", "No 1", "No in 2", "No c"]);
});

test("what no place is around may be shown in a form, but not in that of another form or row", async () => {
  const said = hearMistakes();
  serve(
    `<form><i na-error></i></form><button id="free" na-click="fail" data-why="free">x</button>
     <form><button id="other" type="button" na-click="fail" data-why="other">y</button></form>`,
  );
  await userEvent.click(one("#free"));
  await expect.poll(() => texts("i")).toEqual(["No free"]);
  await userEvent.click(one("#other"));
  await expect.poll(said).toEqual(["No other"]);
  expect(texts("i")).toEqual(["No free"]);
});

test("a refused form is announced, its fields say what is wrong, the first gets the focus, and all is taken back", async () => {
  serve(
    `<form na-submit="save"><input name="other"><input name="title" aria-describedby="hint"><p id="hint">Short</p>
     <textarea name="note"></textarea><b na-error="note" role="status" id="why"></b><b na-error="title"></b>
     <b na-error></b><button id="go">Save</button></form>
     <form><input name="title"></form>`,
  );
  const [title, outside] = document.querySelectorAll<HTMLInputElement>("[name=title]");
  const attributes = (element: Element) =>
    ["aria-invalid", "aria-describedby"].map((name) => element.getAttribute(name));
  await userEvent.click(one("#go"));
  await expect.poll(() => texts("b")).toEqual(["And why", "Write a title", "Look again"]);
  expect(Array.from(document.querySelectorAll("b"), (place) => place.getAttribute("role")))
    .toEqual(["status", "alert", "alert"]);
  const place = document.querySelectorAll("b")[1]!;
  expect(place.id).not.toBe("");
  expect(attributes(title!)).toEqual(["true", `hint ${place.id}`]);
  expect(attributes(one("textarea"))).toEqual(["true", "why"]);
  expect([attributes(one("[name=other]")), attributes(outside!)]).toEqual([
    [null, null],
    [null, null],
  ]);
  expect(document.activeElement).toBe(title);
  await userEvent.fill(title!, "Tasks");
  await userEvent.click(one("#go"));
  await expect.poll(() => texts("b")).toEqual(["", "", ""]);
  expect([attributes(title!), attributes(one("textarea"))]).toEqual([["", "hint"], [null, null]]
    .map(([, by]) => [null, by]));
});

test("whoever has gone on while a form was refused is not called back", async () => {
  const server = serve(
    `<form na-submit="save"><input name="title"><input name="note"><b na-error></b><button>Save</button></form><input id="away">`,
  );
  for (const away of ["[name=note]", "#away"]) {
    const release = server.holdAnswers();
    await userEvent.click(one("[name=title]"));
    await userEvent.keyboard("{Enter}");
    await userEvent.click(one(away));
    release();
    await expect.poll(() => one("form").hasAttribute("na-pending")).toBe(false);
    expect(document.activeElement).toBe(one(away));
  }
  expect(one("[name=title]").getAttribute("aria-invalid")).toBe("true");
});

test("the focus of a removed row goes to the same control of the row in its place, or else to the list", async () => {
  serve(
    `<ul id="list"><template na-each="items" na-key="id"><li><input id="name-{{id}}">
     <button id="{{id}}" na-click="drop" data-id="{{id}}">x</button></li></template></ul>`,
    { items: ["a", "b", "c"].map((id) => ({ id })) },
  );
  for (const [pressed, next] of [["b", "c"], ["c", "list"], ["a", "list"]]) {
    one(`#${pressed}`).focus();
    await userEvent.keyboard("{Enter}");
    await expect.poll(focused).toBe(next);
  }
  expect(document.querySelector("li")).toBeNull();
});

test("the focus of what a condition takes away, or hides, goes to what is around it", async () => {
  serve(
    `<div id="if"><template na-if="!isOpen"><button id="open" na-click="toggle">open</button></template></div>
     <div id="show"><p na-show="isOpen"><button id="close" na-click="toggle">close</button></p></div>`,
    { isOpen: false },
  );
  one("#open").focus();
  await userEvent.keyboard("{Enter}");
  await expect.poll(focused).toBe("if");
  one("#close").focus();
  await userEvent.keyboard("{Enter}");
  await expect.poll(focused).toBe("show");
});

test("a page hears what was accepted, and each state that is shown", async () => {
  const heard: unknown[] = [];
  const controller = new AbortController();
  for (const name of ["na:accepted", "na:shown"]) {
    document.addEventListener(name, (event) => {
      const { detail, target, type } = event as CustomEvent;
      const { state, eventId, ...rest } = detail;
      heard.push([type, (target as Element).localName, rest, state ?? typeof eventId]);
      if (state) state.title = "changed by a listener";
    }, { signal: controller.signal });
  }
  serve(`<form na-submit="save"><input name="title"></form><h1 na-bind="title"></h1>`);
  await userEvent.type(one("input"), "Tasks{Enter}");
  const about = { type: "Board", instance: "b" };
  await expect.poll(() => heard).toEqual([
    ["na:shown", "section", { ...about, rev: 1, epoch: "e" }, { title: "changed by a listener" }],
    ["na:shown", "section", { ...about, rev: 2, epoch: "e" }, { title: "changed by a listener" }],
    ["na:accepted", "form", { ...about, event: "save" }, "string"],
  ]);
  expect(texts("h1")).toEqual(["Tasks"]);
  controller.abort();
});

test("what is in na-ignore is left alone", async () => {
  const server = serve(
    `<div na-ignore><b na-bind="title">own</b><button na-click="fail">x</button>
     <p na-scope="Board:c"></p></div><h1 na-bind="title"></h1>`,
  );
  await userEvent.click(one("button"));
  expect([texts("b, h1"), server.sent, server.followed]).toEqual([["own", "Plans"], [], [
    "Board:b",
  ]]);
});
