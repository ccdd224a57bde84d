import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { one, open, ScriptedServer, texts } from "./support.ts";

function named(...keys: string[]): ScriptedServer {
  return new ScriptedServer(Object.fromEntries(keys.map((key) => [key, { name: key }])), {
    User: { rename: ({ to }, state) => ({ ...state, name: to }) },
    Team: { rename: ({ to }, state) => ({ ...state, name: to }) },
  });
}

test("the three ways to name an instance are equivalent", () => {
  open(
    `<b na-scope="ada" na-type="User" na-bind="name"></b>
     <b na-scope="User:ada" na-bind="name"></b>
     <b na-instance="User:ada" na-type="Hint" na-bind="name"></b>`,
    named("User:ada"),
  );
  expect(texts("b")).toEqual(["User:ada", "User:ada", "User:ada"]);
});

test("na-type on an element that is not a scope changes nothing", () => {
  open(
    `<div na-scope="User:ada" ><b na-type="Person" na-bind="name"></b></div>`,
    named("User:ada"),
  );
  expect(texts("b")).toEqual(["User:ada"]);
});

test("two scopes with the same id and different types stay apart", async () => {
  const server = named("User:1", "Team:1");
  open(
    `<b na-scope="1" na-type="User" na-bind="name"></b><b na-scope="1" na-type="Team" na-bind="name"></b>`,
    server,
  );
  server.change("Team:1", { name: "Blue" });
  await expect.poll(() => texts("b")).toEqual(["User:1", "Blue"]);
});

test("a scope inside a scope keeps its bindings, events and errors to itself", async () => {
  const server = named("User:1", "Team:1");
  open(
    `<section na-scope="1" na-type="Team">
       <h1 na-bind="name"></h1>
       <p na-error></p>
       <div na-scope="1" na-type="User">
         <h2 na-bind="name"></h2>
         <button id="inner" na-click="rename" data-to="Ada">inner</button>
         <button id="wrong" na-click="no_such">wrong</button>
         <i na-error></i>
       </div>
       <button id="outer-wrong" na-click="no_such">wrong</button>
       <h3 na-bind="name"></h3>
       <button id="outer" na-click="rename" data-to="Blue">outer</button>
     </section>`,
    server,
  );
  expect([one("h1").textContent, one("h2").textContent]).toEqual(["Team:1", "User:1"]);
  await userEvent.click(one("#inner"));
  await expect.poll(() => texts("h1, h2, h3")).toEqual(["Team:1", "Ada", "Team:1"]);
  await userEvent.click(one("#outer"));
  await expect.poll(() => texts("h1, h2, h3")).toEqual(["Blue", "Ada", "Blue"]);
  await userEvent.click(one("#wrong"));
  await expect.poll(() => one("i").textContent).toBe("User has no event no_such");
  expect(one("p").textContent).toBe("");
  await userEvent.click(one("#outer-wrong"));
  await expect.poll(() => one("p").textContent).toBe("Team has no event no_such");
  expect(one("i").textContent).toBe("User has no event no_such");
  expect(server.sent.map(({ type, instance }) => `${type}:${instance}`))
    .toEqual(["User:1", "Team:1", "User:1", "Team:1"]);
});

test("an instance in two scopes is followed once and shown in both", async () => {
  const server = named("User:1");
  open(
    `<b na-scope="User:1" na-bind="name"></b><div na-scope="User:1"><b na-bind="name"></b></div>`,
    server,
  );
  server.change("User:1", { name: "Ada" });
  await expect.poll(() => texts("b")).toEqual(["Ada", "Ada"]);
  expect(server.followed).toEqual(["User:1"]);
});

test("quotes, brackets and colons in ids are ordinary characters", async () => {
  const id = `a"b'c]:d\\e <é`;
  const server = named(`User:${id}`);
  const connection = open(
    `<div><p><button na-click="rename" data-to="Ada">go</button><b na-bind="name"></b></p></div>`,
    server,
  );
  one("p").setAttribute("na-scope", id);
  one("p").setAttribute("na-type", "User");
  connection.refresh();
  expect(texts("b")).toEqual([`User:${id}`]);
  await userEvent.click(one("button"));
  await expect.poll(() => texts("b")).toEqual(["Ada"]);
});

test("refresh connects scopes and bindings that a script added, and forgets those that are gone", async () => {
  const server = named("User:1", "User:2");
  const connection = open(`<main><p na-scope="User:1"><b na-bind="name"></b></p></main>`, server);
  one("p").append(element("b", { "na-bind": "name" }));
  connection.refresh();
  expect(texts("b")).toEqual(["User:1", "User:1"]);
  one("main").append(element("b", { "na-scope": "User:2", "na-bind": "name" }));
  connection.refresh();
  expect(texts("b")).toEqual(["User:1", "User:1", "User:2"]);
  expect(server.followed).toEqual(["User:1", "User:2"]);
  one("p").remove();
  connection.refresh();
  expect(server.followed).toEqual(["User:2"]);
  expect(connection.state("User", "1")).toBeUndefined();
  server.change("User:2", { name: "Grace" });
  await expect.poll(() => texts("b")).toEqual(["Grace"]);
});

test("a scope that was taken out of the page and put back works again", async () => {
  const server = new ScriptedServer({ "List:l": { name: "a", items: [{ id: 1 }] } });
  const connection = open(
    `<div na-scope="List:l"><b na-bind="name"></b><template na-each="items" na-key="id"><i na-bind="id"></i></template></div>`,
    server,
  );
  const scope = one("div");
  scope.remove();
  connection.refresh();
  document.body.append(scope);
  server.change("List:l", { name: "b", items: [{ id: 2 }] });
  connection.refresh();
  expect(texts("b, i")).toEqual(["b", "2"]);
  server.change("List:l", { name: "c", items: [{ id: 2 }, { id: 3 }] });
  await expect.poll(() => texts("b, i")).toEqual(["c", "2", "3"]);
});

test("a scope that names another instance shows that one after refresh, and nothing of the former", async () => {
  const server = new ScriptedServer({
    "List:1": { name: "one", only: "this", items: [{ id: 1 }, { id: 2 }] },
    "List:2": { name: "two", items: [{ id: 2 }, { id: 3 }] },
  }, { List: { go: (_, state) => ({ ...state, name: "went" }) } });
  const connection = open(
    `<p na-scope="1" na-type="List"><b na-bind="name"></b><b na-bind="only"></b><input name="only">
     <template na-each="items" na-key="id"><i na-bind="id"></i></template>
     <button id="go" na-click="go">go</button><button id="no" na-click="no_such">no</button><em na-error></em></p>`,
    server,
  );
  await userEvent.click(one("#no"));
  await expect.poll(() => one("em").textContent).toBe("List has no event no_such");
  expect(texts("b, i")).toEqual(["one", "this", "1", "2"]);
  one("p").setAttribute("na-scope", "2");
  connection.refresh();
  expect(texts("b, i, em")).toEqual(["two", "", "2", "3", ""]);
  expect(one<HTMLInputElement>("input").value).toBe("");
  expect(server.followed).toEqual(["List:2"]);
  await userEvent.click(one("#go"));
  await expect.poll(() => texts("b, i")).toEqual(["went", "", "2", "3"]);
  expect(server.sent.map(({ instance }) => instance)).toEqual(["1", "2"]);
  server.change("List:1", { name: "old" });
  server.change("List:2", { items: [{ id: 3 }] });
  await expect.poll(() => texts("b, i")).toEqual(["went", "", "3"]);
});

test("a scope with another type shows another instance", () => {
  const connection = open(
    `<b na-scope="1" na-type="User" na-bind="name"></b>`,
    named("User:1", "Team:1"),
  );
  one("b").setAttribute("na-type", "Team");
  connection.refresh();
  expect(texts("b")).toEqual(["Team:1"]);
});

test("an element that was taken out of a scope is forgotten, and bound again when it is put back", async () => {
  const server = new ScriptedServer({ "List:l": { name: "a", items: [{ id: 1 }] } });
  const connection = open(
    `<div na-scope="List:l"><b na-bind="name"></b><ul><template na-each="items" na-key="id"><li na-bind="id"></li></template></ul></div>
     <p na-scope="List:other"></p>`,
    server,
  );
  const [name, list] = [one("b"), one("ul")];
  name.remove();
  list.remove();
  connection.refresh();
  server.change("List:l", { name: "b", items: [{ id: 2 }] });
  server.snapshot("List:l");
  expect([name.textContent, list.textContent]).toEqual(["a", ""]);
  one("div").append(name, list);
  connection.refresh();
  expect(texts("b, li")).toEqual(["b", "2"]);
  // In another scope, they show that scope's instance.
  one("p").append(name, list);
  connection.refresh();
  server.change("List:l", { name: "c", items: [{ id: 3 }] });
  server.change("List:other", { name: "other", items: [{ id: 4 }, { id: 5 }] });
  await expect.poll(() => texts("b, li")).toEqual(["other", "4", "5"]);
});

test("an id that looks like several addresses is one id", () => {
  const server = new ScriptedServer({ "A:x": { n: 1 }, "B:y": { n: 2 }, "A:x,B:y": { n: 3 } });
  const connection = open(
    `<p na-scope="x" na-type="A"></p><p na-scope="y" na-type="B"></p>`,
    server,
  );
  document.body.innerHTML = `<p na-scope="x,B:y" na-type="A"><b na-bind="n"></b></p>`;
  connection.refresh();
  expect(texts("b")).toEqual(["3"]);
});

test("refresh after close does nothing", () => {
  const server = named("User:1", "User:2");
  const connection = open(`<p na-scope="User:1"></p>`, server);
  connection.close();
  document.body.append(element("b", { "na-scope": "User:2", "na-bind": "name" }));
  connection.refresh();
  expect([server.followed, texts("b")]).toEqual([[], [""]]);
});

test("refresh leaves existing rows and drafts alone", async () => {
  const server = new ScriptedServer({ "List:l": { items: [{ id: 1 }, { id: 2 }] } });
  const connection = open(
    `<div na-scope="List:l"><ul><template na-each="items" na-key="id"><li><i na-bind="id"></i><input></li></template></ul></div>`,
    server,
  );
  const rows = [...document.querySelectorAll("li")];
  await userEvent.fill(rows[1]!.querySelector("input")!, "draft");
  connection.refresh();
  server.change("List:l", { items: [{ id: 2 }, { id: 1 }, { id: 3 }] });
  await expect.poll(() => texts("li i")).toEqual(["2", "1", "3"]);
  expect([...document.querySelectorAll("li")].slice(0, 2)).toEqual([rows[1], rows[0]]);
  expect(rows[1]!.querySelector("input")!.value).toBe("draft");
});

test("only scopes at and below the root are connected", async () => {
  const server = named("User:1", "User:2");
  open(
    `<p na-scope="User:1" na-bind="name"></p><p id="root" na-scope="User:2" na-bind="name"></p>`,
    server,
  ).close();
  expect(server.followed).toEqual([]);
  const { connect } = await import("rian/client");
  using _connection = connect({ root: one("#root"), transport: server });
  expect(server.followed).toEqual(["User:2"]);
});

function element(name: string, attributes: Record<string, string>): Element {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
  return created;
}
