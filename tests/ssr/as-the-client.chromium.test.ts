import fc from "fast-check";
import { connect } from "rian/client";
import { renderPage } from "rian/ssr";
import { expect, test, vi } from "vitest";
import { manualStreams } from "../client/manual-network.ts";
import { snapshot } from "../client/support.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom(
    "</script>",
    "<b>",
    '"',
    "'",
    "&amp;",
    "{{a}}",
    "\n\nx",
    "a b",
    "javascript:x",
    "",
  ),
  // A parser makes these of what stands in a page, so no page can show them.
).map((value) => value.replace(/[\0\r]|\p{Surrogate}/gu, "?"));
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
const item = fc.record({
  id: fc.integer({ min: 0, max: 5 }),
  a: scalar,
  b: scalar,
  m: fc.array(text, { maxLength: 3 }),
});
const state = fc.record({
  a: scalar,
  b: scalar,
  c: fc.boolean(),
  l: fc.uniqueArray(item, { maxLength: 4, selector: ({ id }) => id }),
  m: fc.array(text, { maxLength: 3 }),
}, { requiredKeys: [] });

const path = fc.constantFrom("a", "b", "c", "l.length", "none", "a.b");
const inRow = fc.constantFrom("a", "b", "id", "../a", "../b", "@index", "none");
const condition = (paths: fc.Arbitrary<string>) =>
  fc.tuple(fc.constantFrom("", "!"), paths, fc.constantFrom("", "=x", "!='a b'", "=../b"))
    .map(([not, where, compared]) => not + where + (compared.includes("..") ? "" : compared));

function leaf(paths: fc.Arbitrary<string>, isRow: boolean): fc.Arbitrary<string> {
  const when = condition(paths);
  return fc.oneof(
    paths.map((where) => `<p na-bind="${where}">was <i>here</i></p>`),
    paths.map((where) => `<pre na-bind='${where}'></pre>`),
    when.map((where) => `<p na-show="${where}" hidden>x</p>`),
    when.map((where) => `<p na-show="${where}">&lt;x&nbsp;</p>`),
    fc.tuple(when, when).map(([one, two]) =>
      `<p class="k  m" na-class="k: ${one}; n o: ${two}">x</p>`
    ),
    fc.tuple(paths, paths).map(([one, two]) =>
      `<a na-attr="href: ${one}; title: ${one} to {{${two}}}; aria-busy: ${two}; hidden: ${two}" title=old>x</a>`
    ),
    paths.map((where) => `<input na-bind="${where}" value="old">`),
    paths.map((where) => `<input type=checkbox na-bind="${where}" checked>`),
    paths.map((where) => `<input type=checkbox value=x na-bind="${where}">`),
    paths.map((where) => `<textarea na-bind="${where}">\nold</textarea>`),
    paths.map((where) =>
      `<select na-bind="${where}"><option>x<option value="y" selected>Y<option value="">none</select>`
    ),
    fc.constant(
      `<form na-bind><input name="a"><input name="l.length"><input type=password name=b></form>`,
    ),
    fc.constant("<!-- > -->text &amp; <br>"),
    ...isRow
      ? [
        paths.map((where) =>
          `<p id="r{{${where}}}" class='c {{id}}' data-x={{${where}}} title="&quot;{{a}}">x</p>`
        ),
      ]
      : [],
  );
}

function content(paths: fc.Arbitrary<string>, isRow: boolean): fc.Arbitrary<string> {
  return fc.array(leaf(paths, isRow), { maxLength: 3 }).map((parts) => parts.join(" \n"));
}

const page = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: leaf(path, false) },
    fc.tuple(content(inRow, true), fc.boolean()).map(([inside, isKeyed]) =>
      `<section><template na-each="l"${
        isKeyed ? ' na-key="id"' : ""
      }> <article title="{{b}}">${inside}
        <template na-each="m"><b na-bind="."></b></template></article>x </template></section>`
    ),
    fc.tuple(condition(path), content(path, false)).map(([when, inside]) =>
      `<div><template na-if="${when}"><div>${inside}</div></template></div>`
    ),
    fc.tuple(condition(inRow), content(inRow, true)).map(([when, inside]) =>
      `<ul><template na-each="l" na-key="id"><li><template na-if="${when}"><div id="{{id}}">${inside}</div></template></li></template></ul>`
    ),
  ),
  { minLength: 1, maxLength: 4 },
).map((parts) => `<main na-scope="T:1">${parts.join("\n")}</main>`);

/** Describes what a page shows: elements with their attributes, texts and what controls hold. */
function shown(node: Node): unknown {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (!(node instanceof Element)) return undefined;
  const attributes = Array.from(node.attributes, ({ name, value }) => [
    name,
    name === "class" ? value.split(/\s+/).filter(Boolean).sort().join(" ") : value,
  ]).filter(([name]) =>
    name !== "na-state" && name !== "value" && name !== "checked" && name !== "selected"
  );
  const { value, checked } = node as HTMLInputElement;
  return [
    node.localName,
    Object.fromEntries(attributes.toSorted()),
    node.matches("input,select,textarea") && [value, checked],
    node.matches("textarea")
      ? []
      : Array.from(node.childNodes, shown).filter((each) => each !== undefined),
  ];
}

test("a page that is painted shows what the client would, and is taken over without a mutation", async () => {
  // Lists without keys are reported, and are right all the same.
  vi.spyOn(console, "error").mockImplementation(() => {});
  await fc.assert(
    fc.asyncProperty(page, state, async (html, held) => {
      const painted = await renderPage(html, {
        read: async () => ({ rev: 1, epoch: "e", state: held }),
        origin: location.origin,
      });
      document.body.innerHTML = html;
      const plain = manualStreams();
      using _first = connect({ EventSource: plain.EventSource });
      plain.streams[0]!.open();
      plain.streams[0]!.send(snapshot("T:1", JSON.parse(JSON.stringify(held)), 1));
      const expected = shown(document.querySelector("main")!);
      _first.close();

      document.body.innerHTML = painted;
      const records: MutationRecord[] = [];
      const observer = new MutationObserver((some) => records.push(...some));
      observer.observe(document.body, {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
      });
      const { EventSource, streams } = manualStreams();
      using _second = connect({ EventSource });
      records.push(...observer.takeRecords());
      observer.disconnect();
      const changed = records.filter(({ attributeName }) => attributeName !== "na-state");
      expect(
        changed.map(({ type, attributeName, target }) =>
          `${type} ${attributeName} of ${(target as Element).outerHTML}`
        ),
      ).toEqual([]);
      // A page cannot say that nothing of a <select> is chosen; the client does.
      expect(shown(document.querySelector("main")!)).toEqual(expected);
      expect(streams[0]!.haves[0]).toMatch(/^e\.1\./);
    }),
    { numRuns: 200 },
  );
  document.body.replaceChildren();
});
