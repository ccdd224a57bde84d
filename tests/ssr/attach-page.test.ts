import { Hono } from "hono";
import { MemoryStore } from "rian";
import { attachNasc } from "rian/hono";
import { attachPage } from "rian/ssr";
import { expect, test } from "vitest";

const odd = ["x".repeat(5_000), "a\nb", "", "\ud800", "a:b", "__proto__", null, {}, 5, true];

function app(): Hono {
  const app = new Hono();
  const handlers = {
    List: {
      mount: () => ({ rows: odd.map((id) => ({ id })) }),
      add: (_: unknown, state: object) => state,
    },
    Guest: { mount: () => ({ name: "Guest" }) },
  };
  const nasc = attachNasc({
    app,
    handlers,
    store: new MemoryStore(),
    authorize: "everyone",
    hosts: "any",
    secret: "s".repeat(40),
  });
  attachPage(
    app,
    "/rows",
    `<main na-scope="List:1"><template na-each="rows"><p na-scope="Guest:{{id}}"><b na-bind="name">?</b></p></template></main>`,
    { nasc },
  );
  attachPage(
    app,
    "/lists/:id{.*}",
    `<main na-scope="List:{{@params.id}}"><b na-bind="rows.length">?</b><form na-submit="add"><input name="a"></form></main>`,
    { nasc },
  );
  return app;
}

test("rows that name what no instance can be called leave the rest of the page as it is", async () => {
  const response = await app().request("/rows");
  const html = await response.text();
  expect(response.status).toBe(200);
  expect(html.match(/<b na-bind="name">[^<]*/g)!.slice(0, odd.length).map((each) => each.slice(18)))
    .toEqual(["?", "?", "?", "?", "Guest", "Guest", "?", "?", "Guest", "Guest"]);
});

test.for(
  [
    ["a:b", 200],
    [":", 200],
    ["a/b", 200],
    ["a%2Fb", 200],
    ["%20", 200],
    ["", 200],
    ["__proto__", 200],
    ["constructor", 200],
    ["%3C/script%3E%22onload=%22", 200],
    ["%7B%7Bid%7D%7D", 200],
    ["%E0%A4%A", 200],
    ["x".repeat(4_000), 400],
    ["%00", 400],
  ] as const,
)("a page at the odd address /lists/%s is shown or refused", async ([id, status]) => {
  const response = await app().request(`/lists/${id}`);
  const html = await response.text();
  expect(response.status).toBe(status);
  expect(html).not.toContain("Error");
  // Nothing ends a script, or an attribute, but the page itself.
  expect(html.replace(/<script [^]*?<\/script>$/, "")).not.toMatch(/script>|"onload/);
});
