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
