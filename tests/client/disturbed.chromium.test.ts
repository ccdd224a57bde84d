import { expect, onTestFinished, test } from "vitest";
import { cdp, userEvent } from "vitest/browser";
import { one, open, ScriptedServer, texts } from "./support.ts";

const items = ["a", "b", "c"].map((id) => ({ id, title: `title ${id}` }));

function serve(markup: string, state: Record<string, unknown> = {}): ScriptedServer {
  const failed: unknown[] = [];
  const fail = (event: Event) => failed.push(event);
  for (const name of ["error", "unhandledrejection"]) addEventListener(name, fail);
  onTestFinished(() => {
    for (const name of ["error", "unhandledrejection"]) removeEventListener(name, fail);
    expect(failed).toEqual([]);
  });
  const server = new ScriptedServer({ "List:l": { title: "Plans", items, ...state } }, {
    List: {
      add: ({ title }, before) => ({
        ...before,
        items: [...before["items"] as object[], { id: title, title }],
      }),
    },
  });
  open(`<section na-scope="l" na-type="List">${markup}</section>`, server);
  return server;
}

const list = `<h1 na-bind="title"></h1><ul><template na-each="items" na-key="id"><li><form na-bind>
  <input name="title"></form><b na-bind="title"></b></li></template></ul><p>fixed</p>
  <form na-submit="add"><input id="new" name="title"><button>Add</button></form>`;

test("a page that is translated, and has nodes of extensions between its own, goes on", async () => {
  const server = serve(list);
  // As the translators of browsers do: each text is moved into elements of their own.
  for (const element of document.querySelectorAll("h1, b, p, button")) {
    const font = document.createElement("font");
    font.append(...element.childNodes);
    font.textContent = `(${font.textContent})`;
    element.append(font);
  }
  // As Grammarly and password managers do: elements beside fields, between rows, at the ends, and around fields.
  for (const input of document.querySelectorAll("input")) {
    input.insertAdjacentHTML("afterend", `<grammarly-extension></grammarly-extension>`);
    input.setAttribute("data-gramm", "true");
  }
  for (const row of document.querySelectorAll("li")) row.insertAdjacentHTML("afterend", "<s></s>");
  one("ul").insertAdjacentHTML("beforeend", "<s>end</s>");
  const first = document.querySelector("li");
  await userEvent.fill(one("#new"), "d");
  await userEvent.keyboard("{Enter}");
  await expect.poll(() => texts("b")).toEqual(["(title a)", "(title b)", "(title c)", "d"]);
  server.change("List:l", { title: "Tasks", items: [items[2], { id: "a", title: "A" }] });
  await expect.poll(() => texts("h1, b")).toEqual(["Tasks", "(title c)", "A"]);
  expect(document.querySelectorAll("li")[1]).toBe(first);
  expect(
    Array.from(document.querySelectorAll("li input"), (input) => (input as HTMLInputElement).value),
  )
    .toEqual(["title c", "A"]);
  expect([texts("s"), texts("p, #new + *")]).toEqual([["", "", "", "end"], ["(fixed)", ""]]);
});

test("rows and fields that an extension has put into elements of its own are shown and sent", async () => {
  const server = serve(list);
  for (const element of document.querySelectorAll("li:nth-of-type(2), #new, li input")) {
    const wrapper = document.createElement("div");
    element.replaceWith(wrapper);
    wrapper.append(element);
  }
  server.change("List:l", {
    items: [{ id: "x", title: "X" }, ...items.map((item) => ({ ...item, title: item.id }))],
  });
  await expect.poll(() => texts("b").toSorted()).toEqual(["X", "a", "b", "c"]);
  await userEvent.fill(one("#new"), "d");
  await userEvent.keyboard("{Enter}");
  await expect.poll(() => texts("b").length).toBe(5);
  expect(one<HTMLInputElement>("#new").value).toBe("");
});

test("an input method composes in a row, and a form, through patches, moves and an accepted submit", async () => {
  const server = serve(list);
  const field = document.querySelectorAll<HTMLInputElement>("li input")[1]!;
  field.focus();
  field.setSelectionRange(7, 7);
  const compose = (text: string) =>
    cdp().send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  await compose("に");
  server.change("List:l", { items: items.map((item) => ({ ...item, title: "theirs" })).reverse() });
  await expect.poll(() => texts("b")).toEqual(["theirs", "theirs", "theirs"]);
  server.change("List:l", { items: [items[1], items[0]], title: "Tasks" });
  await expect.poll(() => texts("h1, b")).toEqual(["Tasks", "title b", "title a"]);
  await compose("にほ");
  await cdp().send("Input.insertText", { text: "日本" });
  expect([document.activeElement === field, field.value]).toEqual([true, "title b日本"]);

  const release = server.holdAnswers();
  await userEvent.fill(one("#new"), "d");
  await userEvent.keyboard("{Enter}");
  await compose("に");
  release();
  await expect.poll(() => texts("b").length).toBe(3);
  await cdp().send("Input.insertText", { text: "日" });
  expect(one<HTMLInputElement>("#new").value).toBe("d日");
});

test("contenteditable, progress, meter, output and SVG show the state and nothing of a person is lost", async () => {
  const server = serve(
    `<div contenteditable na-bind="title" na-on="focusout: add"></div><progress max="10" na-bind="done"></progress>
     <meter max="10" na-bind="done"></meter><output na-bind="done"></output>
     <svg width="99" height="99"><template></template><text y="20" na-bind="title" na-attr="x: done"></text></svg>`,
    { done: 3 },
  );
  const editable = one<HTMLElement>("[contenteditable]");
  expect([one<HTMLProgressElement>("progress").value, one<HTMLMeterElement>("meter").value])
    .toEqual([3, 3]);
  expect([texts("output, text"), one("text").getAttribute("x")]).toEqual([["3", "Plans"], "3"]);
  await userEvent.click(editable);
  await userEvent.keyboard("{End}!");
  server.change("List:l", { title: "Theirs", done: 4 });
  await expect.poll(() => one<HTMLProgressElement>("progress").value).toBe(4);
  expect([one<HTMLMeterElement>("meter").value, texts("output, text")]).toEqual([4, [
    "4",
    "Theirs",
  ]]);
  expect(editable.textContent).toBe("Plans!");
  one<HTMLElement>("[contenteditable]").blur();
  await expect.poll(() => server.sent.map(({ payload }) => payload)).toEqual([{ title: "Plans!" }]);
  server.change("List:l", { title: "Plans!" });
  server.change("List:l", { title: "Mine" });
  await expect.poll(() => editable.textContent).toBe("Mine");
});
