import { renderPage } from "rian/ssr";
import { expect, onTestFinished, test } from "vitest";
import { open, ScriptedServer } from "../client/support.ts";

/** A page that uses the whole vocabulary. */
const page = `
<section na-scope="List:1" na-class="busy: busy" data-na-attr="data-kind: kind; title: {{title}}!">
  <h1 na-bind="title">none</h1>
  <pre na-bind="note"></pre>
  <p na-bind="missing">as <b>written</b></p>
  <p na-show="items" hidden>some</p><p na-show="!items">none</p>
  <p na-bind="price|number:2"></p><p na-bind="day|date:full"></p><p na-bind="tags|list"></p>
  <a na-attr="href: /i/{{kind}}; target: kind; hidden: busy" href="/old">link</a>
  <a na-attr="href: bad" href="/old">bad</a>
  <form na-bind>
    <input name="title"><input name="busy" type="checkbox"><textarea name="note"></textarea>
    <input type="hidden" name="title" value="own">
    <select name="kind"><option>a<option value="k">K</select>
    <select name="tags" multiple><option>x<option>y<option>z</select>
    <input type="radio" name="kind" value="a" checked><input type="radio" name="kind" value="k">
  </form>
  <input name="title" value="by its name alone">
  <input ng-bind="List:title"><input type="range" na-bind="price" min="0" max="10">
  <select na-bind="kind"><template na-each="kinds" na-key="."><option na-bind="."></option></template></select>
  <ul>
    <template na-each="items" na-key="id">
      <li data-id="{{id}}" class="row {{state}}" na-class="done: done" na-show="!gone">
        <input type="checkbox" na-bind="done" na-click="toggle" data-id="{{id}}">
        <span na-bind="@number"></span>/<span na-bind="../title"></span>
        <template na-if="state=open"><em na-bind="state"></em><i>!</i></template>
        <ol><template na-each="sub"><li na-attr="title: {{.}} in {{../id}}" na-bind="."></li></template></ol>
      </li>
      <li na-bind="id"></li>
    </template>
  </ul>
  <svg><text na-bind="title" na-attr="x: price">s</text><g na-show="busy"/></svg>
  <template><p na-bind="title"></p></template>
  <div na-scope="Other:2"><b na-bind="title"></b></div>
</section>
<section na-scope="Gone:1"><p na-bind="x">as written</p><template na-if="!x"><p>no</p></template></section>`;

const states: Readonly<Record<string, Record<string, unknown>>> = {
  "List:1": {
    title: '<T> & "q" \u00e9',
    note: "\n two\nlines",
    busy: true,
    price: 3,
    day: "2026-12-01",
    tags: ["x", "z"],
    kind: "k",
    kinds: ["a", "k"],
    bad: "javascript:alert(1)",
    items: [
      { id: 1, done: true, state: "open", sub: ["p", "q"] },
      { id: 'a"b', done: false, state: "shut", gone: true, sub: [] },
    ],
  },
  "Other:2": { title: "other" },
};

/** Returns what a page shows: its elements, with attributes in order, and what controls hold. */
function shown(root: Element): unknown {
  return Array.from(root.childNodes).flatMap((node): unknown[] => {
    if (node instanceof Text) return [node.data.replaceAll("\r", "")];
    if (!(node instanceof Element)) return [];
    const attributes = Array.from(node.attributes, ({ name, value }) => [name, value])
      // What a control holds is compared as such, and what is so of the instance is not painted.
      .filter(([name]) => !["value", "checked", "selected", "na-state"].includes(name!)).sort();
    const held = node instanceof HTMLSelectElement
      ? Array.from(node.selectedOptions, ({ value }) => value)
      : node instanceof HTMLInputElement && ["checkbox", "radio"].includes(node.type)
      ? [node.value, node.checked]
      : node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement
      ? node.value
      : undefined;
    const children = node instanceof HTMLTextAreaElement ? [] : shown(node);
    return [[node.localName, attributes, held, children]];
  });
}

test("a painted page is what the client makes of the page", async () => {
  const painted = await renderPage(page, {
    read: async (type, id) => {
      const state = states[`${type}:${id}`];
      return state && { rev: 1, epoch: "e", state };
    },
    embed: false,
    locale: "en-IE",
    timeZone: "UTC",
  });
  document.documentElement.lang = "en-IE";
  onTestFinished(() => document.documentElement.removeAttribute("lang"));
  const server = new ScriptedServer(states);
  const transport = {
    send: server.send.bind(server),
    follow: ((addresses, listener) =>
      server.follow(
        addresses.filter(({ type }) => type !== "Gone"),
        listener,
      )) as typeof server.follow,
  };
  open(page, transport);
  await expect.poll(() => document.body.textContent).toContain("December");

  const container = document.createElement("div");
  container.innerHTML = painted;
  expect(shown(container)).toEqual(shown(document.body));
});
