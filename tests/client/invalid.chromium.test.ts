import { defineHandler, MemoryStore } from "rian";
import { nasc } from "rian/hono";
import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { z } from "zod";
import { one, open, texts } from "./support.ts";

const Profile = defineHandler()({
  mount: () => ({ name: "Ada", age: 36 }),
  schemas: {
    save: z.object({ name: z.string().min(1), age: z.coerce.number().int() }),
    order: z.object({ lines: z.array(z.object({ title: z.string().min(1, "Say what") })) }),
  },
  save: (payload) => payload,
  order: (_payload, profile) => profile,
});

const page = `
  <form na-bind na-scope="p" na-type="Profile" na-submit="save">
    <input id="name" name="name"><b na-error="name"></b>
    <input id="age" name="age"><b na-error="age"></b><b na-error="lines.0.title"></b>
    <button>Save</button><i na-bind="name"></i><i na-bind="age"></i>
  </form>`;

test("what a schema refuses is shown at its fields, until what was sent is accepted", async () => {
  const handlers = { Profile };
  const app = nasc({ handlers, store: new MemoryStore(), authorize: "everyone", hosts: "any" });
  const fetch = async (url: string, init?: RequestInit) => await app.request(url, init);
  const connection = open(page, "post", { baseUrl: "", fetch });
  await expect.poll(() => texts("i")).toEqual(["Ada", "36"]);
  await userEvent.fill(one("#name"), "");
  await userEvent.fill(one("#age"), "old");
  await userEvent.click(one("button"));
  await expect.poll(() => texts("b").map((text) => text !== "")).toEqual([true, true, false]);
  expect(texts("i")).toEqual(["Ada", "36"]);
  await userEvent.fill(one("#name"), "Grace");
  await userEvent.fill(one("#age"), "85");
  await userEvent.click(one("button"));
  await expect.poll(() => texts("i")).toEqual(["Grace", "85"]);
  expect(texts("b")).toEqual(["", "", ""]);
  await connection.send("Profile", "p", "order", { lines: [{ title: "" }] });
  expect(texts("b")).toEqual(["", "", "Say what"]);
});
