import { expect, test } from "vitest";
import { hearMistakes } from "./mistakes.ts";
import { one, open, render, ScriptedServer, texts } from "./support.ts";

test("a dotted path shows the value it leads to, and follows every change", async () => {
  const server = new ScriptedServer({ "User:u": { address: { city: "Cork" }, tags: ["a", "b"] } });
  open(
    `<p na-scope="u" na-type="User"><b na-bind="address.city"></b><i na-bind="User:address.city"></i>
     <u na-bind="tags.length"></u></p>`,
    server,
  );
  expect([one("b").textContent, one("i").textContent, one("u").textContent])
    .toEqual(["Cork", "Cork", "2"]);
  server.change("User:u", { address: { city: "Galway" } });
  await expect.poll(() => [one("b").textContent, one("i").textContent])
    .toEqual(["Galway", "Galway"]);
});

test("the text in the markup stays until there is a value, and a removed value leaves nothing", async () => {
  const server = new ScriptedServer({ "User:u": {} });
  open(`<p na-scope="u" na-type="User"><b na-bind="name">Guest</b></p>`, server);
  expect(one("b").textContent).toBe("Guest");
  server.change("User:u", { name: 0 });
  await expect.poll(() => one("b").textContent).toBe("0");
  server.change("User:u", { name: undefined });
  await expect.poll(() => one("b").textContent).toBe("");
});

test("members of objects that are not data are never shown", () => {
  const server = new ScriptedServer({ "User:u": { name: "Ada", tags: [{}] } });
  const paths = [
    "tags.__proto__.length",
    "tags.0.constructor.name",
    "constructor.name",
    "name.length",
    "toString",
    "__proto__",
    "name.constructor",
  ];
  open(
    `<p na-scope="u" na-type="User">${
      paths.map((path) => `<b na-bind="${path}"></b>`).join("")
    }</p>`,
    server,
  );
  expect(texts("b")).toEqual(paths.map(() => ""));
});

test("a property called __proto__ is a property like any other", () => {
  const state = JSON.parse(`{ "__proto__": { "admin": true }, "name": "Ada" }`);
  const connection = open(
    `<p na-scope="u" na-type="User"><b na-bind="admin"></b><i na-bind="__proto__.admin"></i></p>`,
    new ScriptedServer({ "User:u": state }),
  );
  expect([one("b").textContent, one("i").textContent]).toEqual(["", "true"]);
  expect(Object.hasOwn(connection.state("User", "u")!, "__proto__")).toBe(true);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

test("markup in the state is shown as text", () => {
  const name = `<img src=x onerror="alert(1)">$&`;
  open(
    `<p na-scope="u" na-type="User"><b na-bind="name"></b></p>`,
    new ScriptedServer({ "User:u": { name } }),
  );
  expect(one("b").textContent).toBe(name);
  expect(one("b").children).toHaveLength(0);
});

test("a patch touches only what is bound to a changed property", async () => {
  const server = new ScriptedServer({ "User:u": { name: "Ada", city: "Cork", list: [{ id: 1 }] } });
  open(
    `<div na-scope="u" na-type="User"><b na-bind="name"></b><i na-bind="city"></i>
     <ul><template na-each="list" na-key="id"><li na-bind="id"></li></template></ul></div>`,
    server,
  );
  const touched: Node[] = [];
  const observer = new MutationObserver((records) => touched.push(...records.map((r) => r.target)));
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  });
  server.change("User:u", { name: "Grace", list: [{ id: 1 }] });
  await expect.poll(() => one("b").textContent).toBe("Grace");
  observer.disconnect();
  expect(new Set(touched)).toEqual(new Set([one("b")]));
});

test("the state that a script reads is a copy", () => {
  const server = new ScriptedServer({ "User:u": { address: { city: "Cork" } } });
  const connection = open(`<b na-scope="u" na-type="User" na-bind="address.city"></b>`, server);
  (connection.state("User", "u")!["address"] as { city: string }).city = "Nowhere";
  expect(connection.state("User", "u")).toEqual({ address: { city: "Cork" } });
  expect(connection.state("User", "other")).toBeUndefined();
});

test("the client runs under a policy that forbids eval and writing markup", async () => {
  const server = new ScriptedServer({ "List:l": { items: [{ id: 1, title: "<b>One</b>" }] } });
  render(`<iframe></iframe>`);
  const frame = one<HTMLIFrameElement>("iframe");
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  frame.srcdoc = `<!doctype html>
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; require-trusted-types-for 'script'">
    <div na-scope="l" na-type="List"><ul na-bind="items">
      <template na-each="items" na-key="id"><li data-id="{{id}}" na-bind="title"></li></template>
    </ul></div>`;
  await loaded;
  const framed = frame.contentDocument!;
  expect(() => (framed.body.innerHTML = "<b></b>")).toThrow("TrustedHTML");
  const { connect } = await import("rian/client");
  using _connection = connect({ root: framed, transport: server });
  expect(framed.querySelector("li")?.textContent).toBe("<b>One</b>");
});

test("a scope without a type is reported once on the console, and the others work", async () => {
  const said = hearMistakes();
  open(
    `<p na-scope="nameless"></p><b na-scope="User:u" na-bind="name"></b>`,
    new ScriptedServer({ "User:u": { name: "Ada" } }),
  ).refresh();
  expect(one("b").textContent).toBe("Ada");
  expect(await said()).toEqual([
    `Cannot connect the scope "nameless": it needs a type and an id; write na-scope="id" na-type="Type"`,
  ]);
});

test("an attribute on the wrong element is reported on the console", async () => {
  const said = hearMistakes();
  open(
    `<section na-scope="User:u"><ul na-each="tags"><li></li></ul><div na-submit="save"></div>
     <form na-submit="save"></form><b na-bind="name"></b></section>`,
    new ScriptedServer({ "User:u": { name: "Ada", tags: [] } }),
  ).refresh();
  expect(one("b").textContent).toBe("Ada");
  expect(await said()).toEqual([
    "Cannot use na-each on a <ul>: write it on a <template>",
    "Cannot use na-submit on a <div>: write it on a <form>",
  ]);
});
