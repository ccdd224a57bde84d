import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { profile } from "./profile.ts";
import { one, open, refuse, ScriptedServer } from "./support.ts";

const box =
  `<p na-scope="u" na-type="User"><input type="checkbox" na-click="toggle" na-bind="done"><b na-bind="done"></b></p>`;

/** Records every value that is written to a checkbox. */
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

test("a checkbox whose click is refused shows the state again", async () => {
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

test("a checkbox in a label with na-click acts like a checkbox with na-click", async () => {
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

test("a radio button whose click is refused returns the choice to its group", async () => {
  const server = profile();
  open(
    `<p na-scope="u" na-type="User"><input type="radio" name="size" value="s" na-bind="size" na-click="choose">
     <input type="radio" name="size" value="m" na-bind="size" na-click="refuse"><i na-error></i></p>`,
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

test("a radio group that was submitted shows what the server chose instead, and every later choice", async () => {
  const server = new ScriptedServer({ "User:u": { size: "s" } }, {
    User: { save: (_, state) => ({ ...state, saved: true }) },
  });
  open(
    `<form na-bind na-scope="u" na-type="User" na-submit="save"><input type="radio" name="size" value="s">
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

test("a choice in one form leaves radio buttons with the same name in another form alone", async () => {
  const server = profile();
  const radios =
    `<form na-bind><input type="radio" name="size" value="s"><input type="radio" name="size" value="m"></form>`;
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

test("a radio button that was chosen but not yet sent survives a patch", async () => {
  const server = profile();
  open(
    `<form na-bind na-scope="u" na-type="User"><input type="radio" name="size" value="s"><input type="radio" name="size" value="m">
     <input type="radio" name="size" value="l"><b na-bind="size"></b></form>`,
    server,
  );
  const [small, medium, large] = document.querySelectorAll<HTMLInputElement>("input");
  await userEvent.click(medium!);
  server.change("User:u", { size: "l" });
  await expect.poll(() => one("b").textContent).toBe("l");
  expect([small!.checked, medium!.checked, large!.checked]).toEqual([false, true, false]);
});
