import { expect, test } from "vitest";
import { cdp, userEvent } from "vitest/browser";
import { one, open, refuse, ScriptedServer } from "./support.ts";
import { ManualTimers } from "./support-wire.ts";

function profile(): ScriptedServer {
  return new ScriptedServer({ "User:u": { name: "Ada", city: "Cork", done: false, size: "s" } }, {
    User: {
      save: ({ name }, state) =>
        name === "bad" ? refuse("invalid", "Not that name") : { ...state, name: `${name}`.trim() },
      toggle: (_, state) => ({ ...state, done: !state["done"] }),
      refuse: () => refuse("forbidden", "Not yours"),
      choose: ({ size }, state) => ({ ...state, size }),
    },
  });
}

const form =
  `<form na-scope="u" na-type="User" na-submit="save"><input name="name"><input name="city">
  <p na-error></p><button>Save</button><button type="reset">Reset</button></form>`;

function field(name: string): HTMLInputElement {
  return one<HTMLInputElement>(`[name=${name}]`);
}

test("a patch while a field is being typed in keeps the draft, the focus and the caret", async () => {
  const server = profile();
  open(form, server);
  await userEvent.fill(field("name"), "Grace");
  field("name").setSelectionRange(1, 3);
  server.change("User:u", { name: "Theirs", city: "Galway" });
  await expect.poll(() => field("city").value).toBe("Galway");
  expect(field("name").value).toBe("Grace");
  expect(document.activeElement).toBe(field("name"));
  expect([field("name").selectionStart, field("name").selectionEnd]).toEqual([1, 3]);
});

test("an edit that is not sent yet survives patches and snapshots after the field was left", async () => {
  const server = profile();
  open(form, server);
  await userEvent.fill(field("name"), "Grace");
  await userEvent.click(field("city"));
  server.change("User:u", { name: "Theirs", city: "Galway" });
  server.snapshot("User:u");
  expect([field("name").value, field("city").value]).toEqual(["Grace", "Galway"]);
});

test("a field that was only focused shows the patch and keeps its caret", async () => {
  const server = profile();
  open(form, server);
  field("name").focus();
  field("name").setSelectionRange(1, 2);
  server.change("User:u", { name: "Adam" });
  await expect.poll(() => field("name").value).toBe("Adam");
  expect([field("name").selectionStart, field("name").selectionEnd]).toEqual([1, 2]);
});

test.each(["Ada", ""])(
  "who selects a field whole, which holds %j, replaces what comes before the first key",
  async (name) => {
    const server = profile();
    open(form, server);
    server.change("User:u", { name });
    await expect.poll(() => field("name").value).toBe(name);
    field("name").focus();
    field("name").select();
    server.change("User:u", { name: "Theirs" });
    await expect.poll(() => field("name").value).toBe("Theirs");
    await userEvent.keyboard("Grace");
    expect(field("name").value).toBe("Grace");
  },
);

test("an edit that was taken back by typing is no edit any more", async () => {
  const server = profile();
  open(form, server);
  await userEvent.fill(field("name"), "Adam");
  await userEvent.fill(field("name"), "Ada");
  await userEvent.click(field("city"));
  server.change("User:u", { name: "Grace" });
  await expect.poll(() => field("name").value).toBe("Grace");
});

test("resetting the form goes back to the state", async () => {
  const server = profile();
  open(form, server);
  await userEvent.fill(field("name"), "Adam");
  server.change("User:u", { name: "Grace" });
  await userEvent.click(one("[type=reset]"));
  await expect.poll(() => field("name").value).toBe("Grace");
});

test("a reset that the page prevents keeps the draft, whoever prevents it", async () => {
  const timers = new ManualTimers();
  open(form, profile(), { timers });
  await userEvent.fill(field("name"), "Grace");
  for (const target of [one("form"), window]) {
    target.addEventListener("reset", (event) => event.preventDefault(), { once: true });
    await userEvent.click(one("[type=reset]"));
    await timers.fire();
    expect(field("name").value).toBe("Grace");
  }
  await userEvent.click(one("[type=reset]"));
  await timers.fire();
  expect(field("name").value).toBe("Ada");
});

test("a composition by an input method is not disturbed by a patch", async () => {
  const server = profile();
  open(form, server);
  field("name").focus();
  field("name").setSelectionRange(3, 3);
  const ended: string[] = [];
  field("name").addEventListener("compositionend", ({ data }) => ended.push(data));
  await cdp().send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
  server.change("User:u", { name: "Theirs", city: "Galway" });
  await expect.poll(() => field("city").value).toBe("Galway");
  await cdp().send("Input.imeSetComposition", { text: "日本", selectionStart: 2, selectionEnd: 2 });
  await cdp().send("Input.insertText", { text: "日本" });
  expect(field("name").value).toBe("Ada日本");
  expect(ended).toEqual(["日本"]);
});

test("a refused submit keeps what was filled in, and the next accepted one shows the state", async () => {
  const server = profile();
  open(form, server);
  await userEvent.fill(field("name"), "bad");
  await userEvent.click(one("form button:not([type])"));
  await expect.poll(() => one("p").textContent).toBe("Not that name");
  expect(field("name").value).toBe("bad");
  server.change("User:u", { name: "Theirs" });
  await userEvent.fill(field("name"), " Good ");
  await userEvent.click(one("form button:not([type])"));
  await expect.poll(() => field("name").value).toBe("Good");
});

test("what is typed while a submit is under way is the next draft", async () => {
  const server = profile();
  const connection = open(form, server);
  const release = server.holdAnswers();
  const releaseStream = server.holdStream();
  await userEvent.fill(field("name"), "First");
  await userEvent.click(one("form button:not([type])"));
  await userEvent.fill(field("name"), "Second");
  release();
  await expect.poll(() => connection.state("User", "u")?.["name"]).toBe("First");
  releaseStream();
  expect(field("name").value).toBe("Second");
  server.change("User:u", { name: "Theirs", city: "Galway" });
  await expect.poll(() => field("city").value).toBe("Galway");
  expect(field("name").value).toBe("Second");
});

test("a form that is under way shows what changes in its other fields", async () => {
  const server = profile();
  open(form, server);
  server.holdAnswers();
  await userEvent.fill(field("name"), "Grace");
  await userEvent.click(one("form button:not([type])"));
  server.change("User:u", { city: "Galway" });
  await expect.poll(() => field("city").value).toBe("Galway");
  expect(field("name").value).toBe("Grace");
});

test("a submitted field does not show an older value between its answer and the stream", async () => {
  const server = profile();
  open(form, server);
  const releaseStream = server.holdStream();
  server.change("User:u", { city: "Galway" });
  await userEvent.fill(field("name"), "Grace");
  await userEvent.click(one("form button:not([type])"));
  await expect.poll(() => server.sent.length).toBe(1);
  await userEvent.click(field("city"));
  expect([field("name").value, field("city").value]).toEqual(["Grace", "Cork"]);
  releaseStream();
  await expect.poll(() => field("city").value).toBe("Galway");
  expect(field("name").value).toBe("Grace");
});

const box =
  `<p na-scope="u" na-type="User"><input type="checkbox" na-click="toggle" na-bind="done"><b na-bind="done"></b></p>`;

/** Every value that a checkbox takes, as it takes it. */
function watchChecked(checkbox: HTMLInputElement): boolean[] {
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "checked")!;
  const seen: boolean[] = [];
  Object.defineProperty(checkbox, "checked", {
    get,
    set(value: boolean) {
      seen.push(value);
      set!.call(checkbox, value);
    },
  });
  return seen;
}

test("a checkbox that sends its clicks shows the click at once and does not flicker", async () => {
  const server = profile();
  open(box, server);
  const checkbox = one<HTMLInputElement>("input");
  const written = watchChecked(checkbox);
  const release = server.holdAnswers();
  await userEvent.click(checkbox);
  expect(checkbox.checked).toBe(true);
  await userEvent.click(checkbox);
  await userEvent.click(checkbox);
  expect(checkbox.checked).toBe(true);
  release();
  await expect.poll(() => server.sent.length).toBe(3);
  await expect.poll(() => one("b").textContent).toBe("true");
  expect(checkbox.checked).toBe(true);
  expect(written).toEqual([]);
  server.change("User:u", { done: false });
  await expect.poll(() => checkbox.checked).toBe(false);
});

test("a checkbox whose click is refused goes back to the state", async () => {
  const server = profile();
  open(
    `<p na-scope="u" na-type="User"><input type="checkbox" na-click="refuse" na-bind="done"><i na-error></i></p>`,
    server,
  );
  await userEvent.click(one("input"));
  await expect.poll(() => one("i").textContent).toBe("Not yours");
  expect(one<HTMLInputElement>("input").checked).toBe(false);
  server.change("User:u", { done: true });
  await expect.poll(() => one<HTMLInputElement>("input").checked).toBe(true);
});

test("a checkbox in a label that sends its clicks is like one that sends them itself", async () => {
  const server = new ScriptedServer({ "T:1": { done: false } }, {
    T: { toggle: ({ id }, state) => id === "1" ? { done: !state["done"] } : refuse("no", "No") },
  });
  open(
    `<p na-scope="1" na-type="T">
     <label na-click="toggle" data-id="1"><input type="checkbox" na-bind="done"> <b>accepted</b></label>
     <label na-click="toggle" data-id="2"><input type="checkbox" na-bind="done"> <i>refused</i></label>
     <em na-error></em></p>`,
    server,
  );
  const checked = () =>
    Array.from(document.querySelectorAll("input"), (control) => control.checked);
  await userEvent.click(one("b"));
  await expect.poll(checked).toEqual([true, true]);
  await userEvent.click(one("i"));
  await expect.poll(() => one("em").textContent).toBe("No");
  expect(checked()).toEqual([true, true]);
  expect(server.sent.map(({ payload }) => payload)).toEqual([{ id: "1" }, { id: "2" }]);
});

test("a radio button whose click is refused gives the choice back to its group", async () => {
  const server = profile();
  open(
    `<p na-scope="u" na-type="User"><input type="radio" name="size" value="s" na-click="choose" data-size="s">
     <input type="radio" name="size" value="m" na-click="refuse"><i na-error></i></p>`,
    server,
  );
  const [small, medium] = document.querySelectorAll<HTMLInputElement>("input");
  const release = server.holdAnswers();
  await userEvent.click(medium!);
  expect(medium!.checked).toBe(true);
  release();
  await expect.poll(() => one("i").textContent).toBe("Not yours");
  expect([small!.checked, medium!.checked]).toEqual([true, false]);
});

test("a radio group that was sent shows what the server chose instead, and every later choice", async () => {
  const server = new ScriptedServer({ "User:u": { size: "s" } }, {
    User: { save: (_, state) => ({ ...state, saved: true }) },
  });
  open(
    `<form na-scope="u" na-type="User" na-submit="save"><input type="radio" name="size" value="s">
     <input type="radio" name="size" value="m"><input type="radio" name="size" value="l"><button>Save</button></form>`,
    server,
  );
  const chosen = () => one<HTMLInputElement>(":checked").value;
  await userEvent.click(one("[value=m]"));
  await userEvent.click(one("button"));
  await expect.poll(chosen).toBe("s");
  for (const size of ["m", "l", "s"]) {
    server.change("User:u", { size });
    await expect.poll(chosen).toBe(size);
  }
});

test("a radio group belongs to its form: choosing in one leaves the same names in another alone", async () => {
  const server = profile();
  const radios =
    `<form><input type="radio" name="size" value="s"><input type="radio" name="size" value="m"></form>`;
  open(`<div na-scope="u" na-type="User">${radios}${radios}</div>`, server);
  const values = () =>
    Array.from(document.querySelectorAll<HTMLInputElement>(":checked"), ({ value }) => value);
  await userEvent.click(document.querySelectorAll("[value=m]")[0]!);
  expect(values()).toEqual(["m", "s"]);
  server.change("User:u", { size: "m" });
  await expect.poll(values).toEqual(["m", "m"]);
  server.change("User:u", { size: "s" });
  await expect.poll(values).toEqual(["m", "s"]);
});

test("a radio button that was chosen and not sent yet survives a patch", async () => {
  const server = profile();
  open(
    `<form na-scope="u" na-type="User"><input type="radio" name="size" value="s"><input type="radio" name="size" value="m">
     <input type="radio" name="size" value="l"><b na-bind="size"></b></form>`,
    server,
  );
  const [small, medium, large] = document.querySelectorAll<HTMLInputElement>("input");
  await userEvent.click(medium!);
  server.change("User:u", { size: "l" });
  await expect.poll(() => one("b").textContent).toBe("l");
  expect([small!.checked, medium!.checked, large!.checked]).toEqual([false, true, false]);
});
