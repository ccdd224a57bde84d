import type { ErrorPatch } from "rian/client";
import { expect, test, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { hearMistakes } from "./mistakes.ts";
import { one, open, refuse, ScriptedServer, texts } from "./support.ts";

const page = `
  <form na-scope="u" na-type="User" na-submit="save">
    <input name="email"><b na-error="email"></b><b na-error="constructor"></b><i na-error></i>
    <button id="save">Save</button><button id="unknown" na-click="no_such">?</button>
  </form>
  <div na-scope="u" na-type="User"><u na-error></u><span na-bind="email"></span></div>`;

function server(): ScriptedServer {
  return new ScriptedServer({ "User:u": { email: "ada@example.com" } }, {
    User: {
      save: ({ email }, state) =>
        String(email).includes("@")
          ? { ...state, email }
          : refuse("invalid", "Look at the form again", { email: "This is no address" }),
    },
  });
}

test("a refused event shows why in the scope that sent it, field by field, until one succeeds", async () => {
  open(page, server());
  await userEvent.fill(one("input"), "nobody");
  await userEvent.click(one("#save"));
  await expect.poll(() => texts("b, i, u"))
    .toEqual(["This is no address", "", "Look at the form again", ""]);
  await userEvent.click(one("#unknown"));
  await expect.poll(() => texts("b, i, u")).toEqual(["", "", "User has no event no_such", ""]);
  await userEvent.fill(one("input"), "grace@example.com");
  await userEvent.click(one("#save"));
  await expect.poll(() => texts("b, i, u, span")).toEqual(["", "", "", "", "grace@example.com"]);
});

test("an na-error in a row shows only the refusals of that row", async () => {
  const scripted = new ScriptedServer({ "List:l": { items: [{ id: 1 }, { id: 2 }] } }, {
    List: { ok: (_, state) => state },
  });
  open(
    `<div na-scope="List:l"><template na-each="items" na-key="id"><p>
     <button na-click="no_such">?</button><i na-error></i></p></template><button id="ok" na-click="ok">ok</button></div>`,
    scripted,
  );
  await userEvent.click(document.querySelectorAll("p button")[1]!);
  await expect.poll(() => texts("i")).toEqual(["", "List has no event no_such"]);
  await userEvent.click(one("#ok"));
  await expect.poll(() => texts("i")).toEqual(["", ""]);
});

test("a refused event of a script shows why in every scope of the instance", async () => {
  const connection = open(page, server());
  const outcome = await connection.send("User", "u", "no_such");
  expect(outcome).toMatchObject({ ok: false, error: { code: "unknown-event" } });
  expect(texts("i, u")).toEqual(["User has no event no_such", "User has no event no_such"]);
});

test("onError receives every error, and the console only those that are shown nowhere else", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const heard: ErrorPatch[] = [];
  const connection = open(page, server(), { onError: (patch) => heard.push(patch) });
  await connection.send("User", "elsewhere", "no_such");
  expect(heard.map(({ code }) => code)).toEqual(["unknown-event"]);
  expect(error).not.toHaveBeenCalled();
  connection.close();
  await open(page, server()).send("User", "elsewhere", "no_such");
  expect(error.mock.calls).toEqual([["User has no event no_such"]]);
  error.mockRestore();
});

test("an event of an element outside every scope is reported on the console", async () => {
  const said = hearMistakes();
  const scripted = server();
  open(`<button na-click="save">Save</button>`, scripted);
  await userEvent.click(one("button"));
  expect(await said()).toEqual([
    "Cannot send save: it is not inside a connected na-scope; call refresh()",
  ]);
  expect(scripted.sent).toEqual([]);
});
