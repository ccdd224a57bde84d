import type { ErrorPatch, InstanceFrame } from "rian/client";
import { afterEach, expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { one, open, refuse, ScriptedServer, texts } from "./support.ts";

/** What the client may look for where it is not. */
const names = [
  "removed",
  "retryAfter",
  "fields",
  "follow",
  "onError",
  "onPatches",
  "baseUrl",
  "transport",
  "clock",
  "random",
  "patches",
  "base",
  "ops",
  "epoch",
  "streamed",
  "stream",
  "operations",
  "properties",
  "rev",
  "code",
  "detail",
  "title",
  ...[
    "above",
    "argument",
    "comparison",
    "confirm",
    "formats",
    "index",
    "isLocal",
    "locals",
    "number",
  ],
  ...["path", "pending", "placed", "property", "remove", "shout", "texts", "up"],
];
const everything = Object.prototype as unknown as Record<string, unknown>;

afterEach(() => {
  for (const name of names) delete everything[name];
});

test.for<[string, unknown]>([
  ["a function", () => 1],
  ["true", true],
  ["a number", 5],
  ["a text", "text"],
])("a page works when another library has added %s to Object.prototype", async ([, value]) => {
  const server = new ScriptedServer({ "User:u": { email: "ada" } }, {
    User: {
      save: ({ email }, state) =>
        email === "ada"
          ? refuse("taken", "Taken", { email: "This is taken" })
          : { ...state, email },
    },
  });
  for (const name of names) everything[name] = value;
  const errors: ErrorPatch[] = [];
  const patches: (readonly InstanceFrame[])[] = [];
  open(
    `<form na-scope="u" na-type="User" na-submit="save"><input name="email">
     <b na-error="email"></b><i na-error></i><u na-bind="email"></u></form>`,
    server,
    { onError: (error) => errors.push(error), onPatches: (each) => patches.push(each) },
  );
  await expect.poll(() => texts("u")).toEqual(["ada"]);
  await userEvent.fill(one("input"), "ada");
  await userEvent.keyboard("{Enter}");
  await expect.poll(() => texts("b, i")).toEqual(["This is taken", "Taken"]);
  await userEvent.fill(one("input"), "bob");
  await userEvent.keyboard("{Enter}");
  await expect.poll(() => texts("b, i, u")).toEqual(["", "", "bob"]);
  expect([errors.length, patches.length]).toEqual([1, 2]);
});

test("conditions, rows and formats are right when another library has added to Object.prototype", async () => {
  for (const value of [() => 1, true, "text"]) {
    for (const name of names) everything[name] = value;
    const server = new ScriptedServer({ "List:l": { items: [{ id: "a" }, { id: "b" }], of: 2 } });
    const connection = open(
      `<ul na-scope="l" na-type="List" na-class="none: shout; two: of=2" na-attr="title: above">
       <template na-if="!number"><li na-bind="{{of}} items"></li></template>
       <template na-each="items" na-key="id"><li na-show="id!=../of" na-bind="id|low"></li>
       <template na-if="pending"><li></li></template></template></ul>`,
      server,
      { formats: { low: (text) => `${text}!` } },
    );
    expect(texts("li")).toEqual(["2 items", "a!", "b!"]);
    expect([one("ul").className, one("ul").hasAttribute("title")]).toEqual(["two", false]);
    server.change("List:l", { items: [{ id: "b" }], of: "b" });
    await expect.poll(() => texts("li")).toEqual(["b items", "b!"]);
    expect(document.querySelector<HTMLElement>("li[na-key-val]")!.hidden).toBe(true);
    one("li[na-key-val]").remove();
    connection.refresh();
    connection.close();
  }
});
