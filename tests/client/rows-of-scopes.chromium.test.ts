import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { one, open, ScriptedServer, texts } from "./support.ts";

const page = `<main na-scope="Party:1">
  <h1 na-bind="name"></h1>
  <template na-each="guests" na-key="id">
    <article na-scope="Guest:{{id}}" title="Invited to {{../name}}">
      <b na-bind="name"></b>
      <button na-click="rename" data-to="renamed">Rename</button>
    </article>
  </template>
  <template na-each="tables" na-key=".">
    <section><p na-scope="{{.}}" na-type="Table"><i na-bind="seats"></i></p></section>
  </template>
</main>`;

function party() {
  const server = new ScriptedServer({
    "Party:1": { name: "Samhain", guests: [{ id: "a" }, { id: "b" }], tables: ["round"] },
    "Guest:a": { name: "Aoife" },
    "Guest:b": { name: "Brian" },
    "Guest:c": { name: "Ciara" },
    "Table:round": { seats: 8 },
    "Table:long": { seats: 20 },
  }, { Guest: { rename: ({ to }) => ({ name: to }) } });
  open(page, server);
  return server;
}

test("a list of instances shows each, sends its events to it, and follows who comes and goes", async () => {
  const server = party();
  await expect.poll(() => texts("b, i")).toEqual(["Aoife", "Brian", "8"]);
  expect(one("article:first-of-type").title).toBe("Invited to Samhain");

  await userEvent.click(one("article:nth-of-type(2) button"));
  await expect.poll(() => texts("b")).toEqual(["Aoife", "renamed"]);
  expect(server.sent.map(({ type, instance }) => [type, instance])).toEqual([["Guest", "b"]]);

  server.change("Guest:a", { name: "Áine" });
  await expect.poll(() => texts("b")).toEqual(["Áine", "renamed"]);

  const [row] = document.querySelectorAll("article:nth-of-type(2)");
  server.change("Party:1", { guests: [{ id: "b" }, { id: "c" }], tables: ["long", "round"] });
  await expect.poll(() => texts("b, i")).toEqual(["renamed", "Ciara", "20", "8"]);
  expect(document.querySelector("article")).toBe(row);
  expect(server.followed.sort()).toEqual([
    "Guest:b",
    "Guest:c",
    "Party:1",
    "Table:long",
    "Table:round",
  ]);
});

test("a row's scope can come to name another instance", async () => {
  const server = new ScriptedServer({
    "Party:1": { name: "", guests: [{ id: "a", host: "x" }], tables: [] },
    "Guest:x": { name: "Xenia" },
    "Guest:y": { name: "Yann" },
  });
  open(page.replace("Guest:{{id}}", "Guest:{{host}}"), server);
  await expect.poll(() => texts("b")).toEqual(["Xenia"]);
  server.change("Party:1", { guests: [{ id: "a", host: "y" }] });
  await expect.poll(() => texts("b")).toEqual(["Yann"]);
});

test("a state names no type: such a scope is reported, and none is made", async () => {
  const errors: unknown[] = [];
  const before = console.error;
  console.error = (message: unknown) => errors.push(message);
  try {
    const server = new ScriptedServer({ "Party:1": { guests: [{ id: "Secret:a" }] } });
    open(page.replace("Guest:{{id}}", "{{id}}"), server);
    await expect.poll(() => errors.join("\n")).toContain('na-scope="{{id}}"');
    expect(server.followed).toEqual(["Party:1"]);
  } finally {
    console.error = before;
  }
});

test("what a row's scope guesses is of its own instance, not of the list that the row is in", async () => {
  const server = new ScriptedServer({
    "Party:1": { name: "Samhain", guests: [{ id: "a" }, { id: "b" }] },
    "Guest:a": { name: "Aoife", guests: [{ id: "a", name: "?" }] },
    "Guest:b": { name: "Brian" },
  }, { Guest: { rename: ({ to }) => ({ name: to }) } });
  open(page.replace("data-to", 'na-optimistic="set name {to}" data-to'), server);
  await expect.poll(() => texts("b")).toEqual(["Aoife", "Brian"]);
  await expect.poll(async () => {
    const release = server.holdAnswers();
    const releaseStream = server.holdStream();
    await userEvent.click(one("article:nth-of-type(2) button"));
    const [, name] = texts("b");
    release();
    releaseStream();
    return name;
  }).toBe("renamed");
  server.change("Guest:b", { name: "Brian" });
  await expect.poll(() => texts("b")).toEqual(["Aoife", "Brian"]);
  server.holdAnswers();
  server.holdStream();
  await userEvent.click(one("article:nth-of-type(2) button"));
  expect(texts("b")).toEqual(["Aoife", "renamed"]);
});

test("200 rows of scopes, some of one instance and of odd ids, are shown and stay", async () => {
  const ids = ["a:b", "a b", "/", "ä", "%", "a", "a", "__proto__", "1"];
  const all = [...ids, ...Array.from({ length: 190 }, (_, index) => `g${index}`)];
  const states = Object.fromEntries(all.map((id) => [`Guest:${id}`, { name: `<${id}>` }]));
  const server = new ScriptedServer({
    "Party:1": { guests: all.map((id) => ({ id })), tables: [] },
    ...states,
  });
  open(page, server);
  await expect.poll(() => texts("b")).toEqual(all.map((id) => `<${id}>`));
  server.change("Guest:a", { name: "A" });
  await expect.poll(() => texts("b").filter((text) => text === "A").length).toBe(2);
});

test("instances that name themselves in their rows are shown as deep as the page says", async () => {
  const server = new ScriptedServer({ "Guest:a": { name: "A", guests: [{ id: "a" }] } });
  open(
    `<main na-scope="Guest:a"><template na-each="guests" na-key="id">
    <p na-scope="Guest:{{id}}"><b na-bind="name"></b><template na-each="guests" na-key="id">
      <i na-scope="Guest:{{id}}"><u na-bind="name"></u></i></template></p></template></main>`,
    server,
  );
  await expect.poll(() => texts("b, u")).toEqual(["A", "A"]);
  server.change("Guest:a", { name: "B", guests: [{ id: "a" }, { id: "a" }] });
  await expect.poll(() => texts("b, u").join("")).toBe("BBBBBB");
});
