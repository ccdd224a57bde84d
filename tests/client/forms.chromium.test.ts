import { expect, onTestFinished, test } from "vitest";
import { userEvent } from "vitest/browser";
import { one, open, refuse, ScriptedServer } from "./support.ts";

type State = Record<string, unknown>;

/** A board whose `save` is accepted unless its title is "no", and whose `drop` is accepted. */
function serve(markup: string, state: State = {}): ScriptedServer {
  const server = new ScriptedServer({ "Board:b": { title: "Plans", ...state } }, {
    Board: {
      save: ({ title }, before) => title === "no" ? refuse("no", "No") : { ...before, saved: true },
      drop: (_, before) => before,
    },
  });
  open(`<section na-scope="b" na-type="Board">${markup}</section>`, server);
  return server;
}

function sent(server: ScriptedServer): unknown[] {
  return server.sent.map(({ event, payload }) => [event, payload]);
}

function input(name: string): HTMLInputElement {
  return one<HTMLInputElement>(`[name=${name}]`);
}

/** Returns where the browser itself sends forms and leads to, which this keeps it from. */
function hearBrowser(name: "click" | "submit"): string[] {
  const heard: string[] = [];
  function listen(event: Event): void {
    if (event.defaultPrevented) return;
    heard.push((event.target as Element).id);
    if (name === "click" || (event.target as HTMLFormElement).method !== "dialog") {
      event.preventDefault();
    }
  }
  addEventListener(name, listen);
  onTestFinished(() => removeEventListener(name, listen));
  return heard;
}

class FancyInput extends HTMLElement {
  static readonly formAssociated = true;
  readonly #internals = this.attachInternals();
  set value(text: string) {
    this.#internals.setFormValue(text);
  }
}
customElements.define("fancy-input", FancyInput);

test("a form binds its named controls, at a path if it has one, and others show nothing by their names", () => {
  serve(
    `<form na-bind><input name="title"><input type="hidden" name="id"><input type="password" name="secret">
     <input type="submit" name="go" value="Go"><template na-each="tags"><label><input type="checkbox" name="chosen"
     value="{{.}}"></label></template></form>
     <form na-bind="place"><input name="city"><input name="street.name"></form>
     <form id="add"><input name="note"></form>
     <template na-each="items" na-key="id"><form na-bind><input name="text"></form></template>`,
    {
      ...{ id: "b", secret: "s", go: "x", note: "of the board", tags: ["a", "b"], chosen: ["b"] },
      place: { city: "Cork", street: { name: "Main" } },
      items: [{ id: 1, text: "one" }],
    },
  );
  const values = Array.from(
    document.querySelectorAll("input"),
    (control) => control.type === "checkbox" ? control.checked : control.value,
  );
  expect(values).toEqual(["Plans", "", "", "Go", false, true, "Cork", "Main", "", "one"]);
  expect([one("#add").textContent, input("id").defaultValue]).toEqual(["", ""]);
});

test("a form sends what the browser would: elements of its own, listeners, no disabled options, lists where there can be several", async () => {
  const server = serve(
    `<form na-submit="save"><fancy-input name="fancy"></fancy-input>
     <select name="kind"><option value="x" disabled selected>choose</option></select>
     <select name="kinds" multiple><option selected>a</option></select>
     <input type="checkbox" name="one"><input type="checkbox" name="many" value="1" checked>
     <input type="checkbox" name="many" value="2"><input type="file" name="file">
     <template na-each="lines"><input name="line" value="{{.}}"><input type="radio" name="pick" value="{{.}}" checked></template>
     <template na-each="lines"><input name="key-{{.}}" value="1"></template>
     <input type="image" name="go" alt="Go" width="20" height="20"></form>`,
    { lines: ["a"] },
  );
  one<FancyInput>("fancy-input").value = "own";
  one("form").addEventListener(
    "formdata",
    ({ formData }) => ["extra", "twice", "twice"].forEach((name) => formData.append(name, "x")),
  );
  await userEvent.click(one("[type=image]"), { position: { x: 3, y: 4 } });
  await expect.poll(() => sent(server)).toEqual([["save", {
    ...{ fancy: "own", kinds: ["a"], one: false, many: ["1"], line: ["a"], pick: "a" },
    ...{ "key-a": "1", extra: "x", twice: ["x", "x"], "go.x": "3", "go.y": "4" },
  }]]);
});

test("Cancel stays the browser's, and a form of a dialog closes it once it is accepted", async () => {
  const server = serve(
    `<dialog><form na-submit="save" method="dialog"><input name="title">
     <button id="ok" value="done">OK</button></form></dialog>
     <dialog id="other"><form na-submit="save"><button id="cancel" formmethod="dialog">Cancel</button></form></dialog>`,
  );
  const [dialog, other] = document.querySelectorAll("dialog");
  other!.showModal();
  await userEvent.click(one("#cancel"));
  expect([other!.open, server.sent]).toEqual([false, []]);
  dialog!.showModal();
  await userEvent.fill(input("title"), "no");
  await userEvent.keyboard("{Enter}");
  await expect.poll(() => sent(server)).toEqual([["save", { title: "no" }]]);
  await expect.poll(() => one("[method=dialog]").hasAttribute("na-pending")).toBe(false);
  expect(dialog!.open).toBe(true);
  await userEvent.fill(input("title"), "yes");
  await userEvent.click(one("#ok"));
  await expect.poll(() => [dialog!.open, dialog!.returnValue]).toEqual([false, "done"]);
});

test("Enter presses the button that submits, whatever buttons with events stand before it", async () => {
  const server = serve(
    `<form na-submit="save"><button na-click="drop" data-id="1">Delete</button>
     <template na-each="rows"><button na-click="drop">x</button></template>
     <input name="title"><button>Save</button></form>`,
    { rows: [1] },
  );
  await userEvent.type(input("title"), "a{Enter}");
  await expect.poll(() => sent(server)).toEqual([["save", { title: "a" }]]);
  await userEvent.click(document.querySelector("button")!);
  await expect.poll(() => sent(server).slice(1)).toEqual([["drop", { id: "1" }]]);
});

test("a click on a link with a key held, or with another button of the mouse, is the browser's", async () => {
  const server = serve(
    `<a id="link" href="#there" na-click="drop">x</a><a id="on" href="#there" na-on="click: drop">y</a>`,
  );
  const clicks = hearBrowser("click");
  await userEvent.keyboard("{Control>}");
  await userEvent.click(one("#link"));
  await userEvent.click(one("#on"));
  await userEvent.keyboard("{/Control}{Shift>}");
  await userEvent.click(one("#link"));
  await userEvent.keyboard("{/Shift}");
  await userEvent.click(one("#link"), { button: "middle" });
  expect([clicks, server.sent]).toEqual([["link", "on", "link"], []]);
  await userEvent.click(one("#link"));
  await userEvent.click(one("#on"));
  await expect.poll(() => server.sent.length).toBe(2);
});

test("a form whose action is not the router's is the browser's, as is a button's", async () => {
  const server = serve(
    `<form id="elsewhere" na-submit="save" action="/other"><button>a</button>
     <button id="ours" formaction="/nasc/event?type=Board">b</button></form>
     <form id="here" na-submit="save" action="/nasc/event?type=Board"><button>c</button>
     <button id="theirs" formaction="/nascent">d</button></form>`,
  );
  const submits = hearBrowser("submit");
  for (const button of document.querySelectorAll("button")) await userEvent.click(button);
  expect(submits).toEqual(["elsewhere", "here"]);
  await expect.poll(() => sent(server)).toEqual([["save", {}], ["save", {}]]);
});

test("a required field that is emptied by an accepted submit is not shown as wrong, and nobody hears of a reset", async () => {
  const server = serve(
    `<form na-submit="save" na-on="reset: drop"><input name="title" required><fancy-input name="f"></fancy-input>
     <button>Save</button></form>`,
  );
  const reset: Event[] = [];
  one("form").addEventListener("reset", (event) => reset.push(event));
  await userEvent.type(input("title"), "a{Enter}");
  await expect.poll(() => input("title").value).toBe("");
  expect(input("title").matches(":user-invalid")).toBe(false);
  expect(document.activeElement).toBe(input("title"));
  expect([sent(server), reset]).toEqual([[["save", { title: "a" }]], []]);
});

test("what a script sets, what is half typed and what a browser rounds off are told apart from the state", async () => {
  const server = serve(
    `<form na-submit="save" na-bind><input name="title"><input type="number" name="count">
     <input type="range" name="level"><input type="color" name="color"><input type="date" name="day">
     <input name="last"></form>`,
    { count: 1, level: 300, color: "red", day: "soon", last: "a" },
  );
  const held = () => Array.from(document.querySelectorAll("input"), ({ value }) => value);
  expect(held()).toEqual(["Plans", "1", "100", "#ff0000", "", "a"]);
  input("title").value = "by a script";
  input("count").select();
  await userEvent.keyboard("1e");
  server.change("Board:b", {
    ...{ title: "Theirs", count: 2, level: 30, color: "#00ff00", day: "2026-12-01", last: "b" },
  });
  await expect.poll(() => input("last").value).toBe("b");
  expect(held()).toEqual(["by a script", "", "30", "#00ff00", "2026-12-01", "b"]);
  await userEvent.keyboard("1");
  expect(input("count").value).toBe("1e1");
});

test("what is typed may be what the state has for a moment", async () => {
  const server = serve(`<form na-bind><input name="title"><input name="last"></form>`);
  input("title").select();
  await userEvent.keyboard("1");
  server.change("Board:b", { title: "1" });
  server.change("Board:b", { title: "7", last: "z" });
  await expect.poll(() => input("last").value).toBe("z");
  await userEvent.keyboard("0");
  expect(input("title").value).toBe("10");
});

test("a control that sends itself by na-on shows the state again once that is accepted", async () => {
  const server = serve(
    `<input na-on="change: save" name="title" na-bind="title"><b na-bind="n"></b>`,
  );
  await userEvent.fill(input("title"), " New ");
  await userEvent.tab();
  await expect.poll(() => input("title").value).toBe("Plans");
  server.change("Board:b", { title: "Theirs" });
  await expect.poll(() => input("title").value).toBe("Theirs");
});

test("a select keeps its draft while its options change", async () => {
  const server = serve(
    `<select na-bind="kind"><template na-each="kinds" na-key="."><option na-bind="."></option></template></select>`,
    { kinds: ["a", "b"], kind: "b" },
  );
  const select = one<HTMLSelectElement>("select");
  expect(select.value).toBe("b");
  server.change("Board:b", { kinds: ["c", "d"], kind: "d" });
  await expect.poll(() => select.value).toBe("d");
  await userEvent.selectOptions(select, "c");
  server.change("Board:b", { kinds: ["c", "d", "e"], kind: "e" });
  await expect.poll(() => select.options.length).toBe(3);
  expect(select.value).toBe("c");
});
