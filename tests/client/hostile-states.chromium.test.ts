import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { hearMistakes } from "./mistakes.ts";
import { one, open, ScriptedServer } from "./support.ts";

declare global {
  var ran: string[];
}

const script = "globalThis.ran.push('ran')";
const running = [
  `javascript:${script}`,
  `  \u0001JaVaScRiPt:${script}`,
  `java\nscript:${script}`,
  `java\tscript\r:${script}`,
  `data:text/html,<script>parent.${script}</script>`,
  `blob:${location.origin}/x`,
  `vbscript:x`,
];

/** Shows a state, and returns what returns what the console was told. */
function show(markup: string, state: Record<string, unknown>): () => Promise<string[]> {
  globalThis.ran = [];
  const said = hearMistakes();
  open(
    `<section na-scope="l" na-type="List">${markup}</section>`,
    new ScriptedServer({ "List:l": state }),
  );
  return said;
}

test.for(running)(
  "the address %j gets into no link, and a click on it runs nothing",
  async (url) => {
    const said = show(
      `<a id="html" na-attr="href: url">a</a>
     <a id="filled" na-attr="href: {{url}}">b</a>
     <svg width="20" height="20"><a id="old" xlink:href="#x" na-attr="xlink:href: url"><text y="15">c</text></a></svg>
     <svg width="20" height="20"><a id="new" na-attr="href: url"><text y="15">d</text></a></svg>
     <template na-each="urls" na-key="."><a class="row" na-attr="HREF: .">e</a></template>`,
      { url, urls: [url] },
    );
    for (const selector of ["#html", "#filled", "#old", "#new", ".row"]) {
      const link = one<HTMLAnchorElement>(selector);
      expect(link.getAttributeNames().filter((name) => name.includes("href")), selector).toEqual(
        [],
      );
      await userEvent.click(link);
    }
    expect(globalThis.ran).toEqual([]);
    expect(await said()).toContain(
      `Cannot set href on <a> to the value of "href: url": it is no address that is safe there; ` +
        "use a relative one, or http, https, mailto or tel",
    );
    expect((await said()).join()).not.toContain("ran");
  },
);

test("an address that becomes unsafe is taken away, and a safe one comes back", async () => {
  const server = new ScriptedServer({ "List:l": { url: "/a" } });
  const said = hearMistakes();
  open(`<a na-scope="l" na-type="List" na-attr="href: url"></a>`, server);
  const shown = [one("a").getAttribute("href")];
  for (const url of ["javascript:x", "javascript:y", "/b"]) {
    server.change("List:l", { url });
    server.snapshot("List:l");
    shown.push(one("a").getAttribute("href"));
  }
  expect(shown).toEqual(["/a", null, null, "/b"]);
  expect(await said()).toHaveLength(1);
});

test("a form is sent to no other origin", () => {
  show(
    `<form id="f" na-attr="action: url"><button na-attr="formaction: url">x</button></form>
     <form id="g" na-attr="action: own"></form>`,
    { url: "https:other.example/x", own: "/save" },
  );
  expect([one("#f"), one("button")].map((each) => each.getAttributeNames().length)).toEqual([2, 1]);
  expect(one("#g").getAttribute("action")).toBe("/save");
});

test("attributes that run, style or load are never bound", async () => {
  const names = ["onclick", "ONPOINTERDOWN", "style", "srcdoc", "srcset", "ping", "nonce", "is"];
  const more = ["target", "na-click", "data-na-click", "ng-bind", "formtarget"];
  const all = [...names, ...more];
  const said = show(
    `<button na-attr="${all.map((name) => `${name}: code`).join("; ")}">x</button>`,
    { code: script },
  );
  expect(one("button").getAttributeNames()).toEqual(["na-attr"]);
  await userEvent.click(one("button"));
  expect(globalThis.ran).toEqual([]);
  expect(await said()).toEqual(
    all.map((name) =>
      `Cannot bind ${name} on <button>: it could run or load something; bind another attribute`
    ),
  );
});

test("elements that run or load something are never bound, in rows neither", async () => {
  const svg = (inside: string) =>
    `<svg width="20" height="20"><a id="a" href="#x">${inside}<text y="15">c</text></a></svg>`;
  const said = show(
    `<script na-bind="code"></script><script na-attr="src: url"></script>
     <style na-bind="css"></style><iframe na-attr="src: url; title: code"></iframe>
     <object na-attr="data: url"></object><embed na-attr="src: url">
     <base na-attr="href: url"><link rel="stylesheet" na-attr="href: url">
     ${
      svg(
        `<animate attributeName="href" dur="1ms" fill="freeze" na-attr="to: code; values: code"/>
         <set attributeName="href" na-attr="to: code"/><use na-attr="href: url"/>`,
      )
    }
     <template na-each="rows" na-key="id"><div><script data-id="{{id}}" na-bind="code"></script>
     <style na-bind="css"></style></div></template>`,
    {
      ...{ code: `javascript:${script}`, css: "body { display: none }", url: "/missing" },
      rows: [{ id: 1, code: script, css: "body { display: none }" }],
    },
  );
  await userEvent.click(one("#a"));
  expect(globalThis.ran).toEqual([]);
  expect(getComputedStyle(document.body).display).not.toBe("none");
  const bare = "script, style, iframe, object, embed, base, link, animate, set, use";
  for (const element of document.body.querySelectorAll(bare)) {
    expect(element.textContent, element.outerHTML).toBe("");
    for (const name of ["src", "title", "data", "to", "values"]) {
      expect(element.hasAttribute(name), element.outerHTML).toBe(false);
    }
  }
  expect(document.body.querySelector("base")!.hasAttribute("href")).toBe(false);
  expect(await said()).toContain(
    "Cannot bind src on <script>: it could run or load something; bind another attribute",
  );
  expect(await said()).toContain(
    "Cannot bind the text on <script>: it could run or load something; bind another attribute",
  );
});

test("braces, quotes and markup in a state stay text", () => {
  const text = `"><img src=x onerror="${script}">{{code}} '; onclick: code; $& ../`;
  show(
    `<p na-attr="title: x {{text}}; data-x: text" na-class="on: text"></p>
     <template na-if="text"><b title="{{text}}" na-bind="{{text}}!"></b></template>`,
    { text, code: "c" },
  );
  expect([one("p").title, one("p").dataset["x"], one("b").title, one("b").textContent])
    .toEqual([`x ${text}`, text, text, `${text}!`]);
  expect(document.querySelector("img")).toBeNull();
  expect(globalThis.ran).toEqual([]);
});
