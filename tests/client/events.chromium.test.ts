import type { ConnectOptions } from "rian/client";
import { expect, test, vi } from "vitest";
import { cdp, userEvent } from "vitest/browser";
import { SteppedClock } from "../support/clock.ts";
import { hearMistakes } from "./mistakes.ts";
import { one, open, refuse, ScriptedServer } from "./support.ts";

function serve(markup: string, options: ConnectOptions = {}): ScriptedServer {
  const keep = (_: unknown, state: Record<string, unknown>) => state;
  const server = new ScriptedServer(
    {
      "List:l": {
        title: "Plans",
        done: false,
        items: [{ id: "a", title: "Read" }, { id: "b", title: "Rest" }],
      },
    },
    {
      List: {
        ...{ search: keep, stop: keep, add: keep, grow: ({ n }, state) => ({ ...state, n }) },
        drop: ({ id }) => refuse("kept", `${id} stays`),
      },
    },
  );
  open(`<section na-scope="l" na-type="List">${markup}</section>`, server, options);
  return server;
}

function sent({ sent }: ScriptedServer): unknown[] {
  return sent.map(({ event, payload }) => [event, payload]);
}

test("na-on sends an event at a key, with the control's own name and value", async () => {
  const server = serve(
    `<input name="q" data-from="box" na-on="keydown.Enter: search; keydown.Escape: stop; keydown.Control.k: add">`,
  );
  await userEvent.type(one("input"), "ab{Enter}{Escape}k{Control>}k{/Control}");
  const box = { from: "box", q: "ab" };
  expect(sent(server)).toEqual([["search", box], ["stop", box], ["add", {
    from: "box",
    q: "abk",
  }]]);
});

test("na-on hears DOM events of any name, once each, however often the page is refreshed", async () => {
  const markup = `<details na-on="toggle: search"><summary>x</summary></details>
    <div na-on="na:own: add" data-id="1"><i></i></div>
    <form na-on="submit: stop"><input name="q" value="y"><button>Go</button></form>
    <template na-each="items" na-key="id"><a href="/missing" data-id="{{id}}" na-on="click: search">z</a></template>`;
  const server = new ScriptedServer({ "List:l": { items: [{ id: "a" }] } });
  const connection = open(`<section na-scope="List:l">${markup}</section>`, server);
  connection.refresh();
  const { href } = location;
  await userEvent.click(one("summary"));
  one("i").dispatchEvent(new CustomEvent("na:own", { bubbles: true }));
  await userEvent.click(one("form button"));
  await userEvent.click(one("a"));
  await expect.poll(() => sent(server))
    .toEqual([["search", {}], ["add", { id: "1" }], ["stop", { q: "y" }], ["search", { id: "a" }]]);
  expect(location.href).toBe(href);
  connection.close();
  one("i").dispatchEvent(new CustomEvent("na:own", { bubbles: true }));
  expect(server.sent).toHaveLength(4);
});

test("na-on waits until nothing has happened for a while, and sends what is there then", async () => {
  const clock = new SteppedClock();
  const server = serve(`<input name="q" na-on="input.250ms: search">`, { clock });
  await userEvent.type(one("input"), "ab");
  await clock.advance(200);
  await userEvent.type(one("input"), "c");
  await clock.advance(249);
  expect(server.sent).toEqual([]);
  await clock.advance(1);
  expect(sent(server)).toEqual([["search", { q: "abc" }]]);
  await userEvent.type(one("input"), "d");
  one("input").remove();
  await clock.advance(250);
  expect(server.sent).toHaveLength(1);
});

test("na-on leaves an input method alone, and sends what it has written once it is done", async () => {
  const clock = new SteppedClock();
  const server = serve(`<input name="q" na-on="input: search; keydown.Enter: add">`, { clock });
  one("input").focus();
  await cdp().send("Input.imeSetComposition", { selectionStart: 1, selectionEnd: 1, text: "に" });
  await clock.advance(1_000);
  expect(server.sent).toEqual([]);
  await cdp().send("Input.insertText", { text: "日" });
  await expect.poll(() => one<HTMLInputElement>("input").value).toBe("日");
  await clock.advance(0);
  expect(sent(server).at(-1)).toEqual(["search", { q: "日" }]);
});

test("an na-on that cannot be read is reported once, and listens to nothing", async () => {
  const said = hearMistakes();
  serve(`<input na-on="search"><b na-on="click">x</b>`);
  expect((await said()).map((text) => text.split(";")[0])).toEqual([
    `Cannot read "search": it has no name and colon before it`,
    `Cannot read "click": it has no name and colon before it`,
  ]);
});

test("na-confirm asks with the values of its row, and sends only what is agreed to", async () => {
  const questions: string[] = [];
  let answer: boolean | Promise<boolean> = false;
  const server = serve(
    `<template na-each="items" na-key="id"><button data-id="{{id}}" na-click="add" na-confirm="Remove {{title}} of {{../title}}?">
      x</button></template><form na-submit="grow" na-confirm="Sure?"><input name="n"><button id="go">Go</button></form>`,
    { confirm: (question) => (questions.push(question), answer) },
  );
  const second = document.querySelectorAll<HTMLElement>("button")[1]!;
  await userEvent.click(second);
  await userEvent.fill(one("input"), "7");
  await userEvent.click(one("#go"));
  expect([questions, server.sent]).toEqual([["Remove Rest of Plans?", "Sure?"], []]);
  expect(one<HTMLInputElement>("input").value).toBe("7");
  expect(second.hasAttribute("na-pending")).toBe(false);
  answer = Promise.resolve(true);
  await userEvent.click(second);
  await expect.poll(() => sent(server)).toEqual([["add", { id: "b" }]]);
});

test("a confirm that fails sends nothing, says why, and leaves the page as the state has it", async () => {
  const error = vi.spyOn(console, "error").mockReturnValue();
  try {
    let fails = 0;
    const server = serve(
      `<input type="checkbox" na-once na-click="add" na-bind="done" na-confirm="Sure?">`,
      {
        confirm: () => {
          if (fails++ % 2 === 0) throw new Error("no dialog");
          return Promise.reject(new Error("it was closed"));
        },
      },
    );
    const checkbox = one<HTMLInputElement>("input");
    for (const reason of ["no dialog", "it was closed"]) {
      await userEvent.click(checkbox);
      await expect.poll(() => String(error.mock.lastCall)).toContain(reason);
      await expect.poll(() => checkbox.checked).toBe(false);
    }
    expect([server.sent, checkbox.hasAttribute("na-pending")]).toEqual([[], false]);
    server.change("List:l", { done: true });
    await expect.poll(() => checkbox.checked).toBe(true);
  } finally {
    error.mockRestore();
  }
});

test("the sender is marked and busy until its last event is answered", async () => {
  const server = serve(
    `<button id="a" na-click="search">x</button><button id="b" na-click="drop">y</button>`,
  );
  const release = server.holdAnswers();
  const marks = (selector: string) =>
    ["na-pending", "aria-busy", "disabled"].map((name) => one(selector).getAttribute(name));
  await userEvent.click(one("#a"));
  await userEvent.click(one("#a"));
  expect([marks("#a"), marks("#b")]).toEqual([["", "true", null], [null, null, null]]);
  await userEvent.click(one("#b"));
  release();
  await expect.poll(() => [marks("#a"), marks("#b")])
    .toEqual([[null, null, null], [null, null, null]]);
  expect(server.sent).toHaveLength(3);
});

test("a form that is submitted twice while unanswered is sent once, and a corrected one is sent", async () => {
  const server = serve(`<form na-submit="add"><input name="q"><button>Go</button></form>`);
  const release = server.holdAnswers();
  await userEvent.fill(one("input"), "a");
  await userEvent.dblClick(one("button"));
  await userEvent.click(one("button"));
  await userEvent.fill(one("input"), "b");
  await userEvent.click(one("button"));
  release();
  await expect.poll(() => one("form").hasAttribute("na-pending")).toBe(false);
  expect(sent(server)).toEqual([["add", { q: "a" }], ["add", { q: "b" }]]);
  await userEvent.fill(one("input"), "a");
  await userEvent.click(one("button"));
  await expect.poll(() => server.sent.length).toBe(3);
});

test("five clicks are five events, and with na-once one while it is unanswered", async () => {
  const server = serve(
    `<button id="many" na-click="search">x</button><button id="once" na-once na-click="add">y</button>`,
  );
  const release = server.holdAnswers();
  for (const selector of ["#many", "#many", "#once", "#once", "#many"]) {
    await userEvent.click(one(selector));
  }
  release();
  await expect.poll(() => document.querySelector("[na-pending]")).toBeNull();
  expect(server.sent.map(({ event }) => event).sort())
    .toEqual(["add", "search", "search", "search"]);
  await userEvent.click(one("#once"));
  expect(server.sent).toHaveLength(5);
});
