import { renderPage } from "rian/ssr";
import { expect, test } from "vitest";

interface Case {
  /** What is so, as a sentence. */
  readonly name: string;
  /** A part of a page within a scope. */
  readonly page: string;
  readonly state: Record<string, unknown>;
  /** What it is painted as. */
  readonly painted: string;
}

const row = '<template na-each="items" na-key="id"><li na-bind="title"></li></template>';

const cases: readonly Case[] = [
  {
    name: "text is escaped, whatever it is",
    page: '<p na-bind="text">none</p>',
    state: { text: "</script><!-- \"'&amp;{{text}}\r\n\0" },
    painted: '<p na-bind="text">&lt;/script&gt;&lt;!-- &quot;\'&amp;amp;{{text}}&#13;\n\uFFFD</p>',
  },
  {
    name: "what the state does not have stays as it is written, and null is no text",
    page: '<p na-bind="absent">a <b>b</b></p><p na-bind="empty">c</p>',
    state: { empty: null },
    painted: '<p na-bind="absent">a <b>b</b></p><p na-bind="empty"></p>',
  },
  {
    name: "names that objects inherit are nothing",
    page: '<p na-bind="constructor">a</p><p na-bind="__proto__.x">b</p><p na-bind="toString">c</p>',
    state: { toString: "own" },
    painted:
      '<p na-bind="constructor">a</p><p na-bind="__proto__.x">b</p><p na-bind="toString">own</p>',
  },
  {
    name: "a line feed at the beginning of pre and textarea is kept",
    page: '<pre na-bind="text"></pre><textarea na-bind="text"></textarea>',
    state: { text: "\n</textarea>" },
    painted:
      '<pre na-bind="text">\n\n&lt;/textarea&gt;</pre><textarea na-bind="text">\n\n&lt;/textarea&gt;</textarea>',
  },
  {
    name: "rows stand before their template, with their keys and without the text between elements",
    page: `<ul>${row.replace("<li", " <li").replace("</li>", "</li>\n")}</ul>`,
    state: { items: [{ id: 'a"', title: "A" }, { id: 2, title: "B" }] },
    painted:
      '<ul><li na-bind="title" na-key-val="a&quot;">A</li><li na-bind="title" na-key-val="2">B</li>' +
      '<template na-each="items" na-key="id"> <li na-bind="title"></li>\n</template></ul>',
  },
  {
    name: "rows in rows read outwards, and a condition adds no level",
    page:
      '<template na-each="a" na-key="id"><p><template na-if="b"><template na-each="b" na-key="."><i na-attr="title: {{.}}{{../id}}{{../../c}}{{@number}}"></i></template></template></p></template>',
    state: { c: "c", a: [{ id: "x", b: ["y"] }, { id: "z", b: [] }] },
    painted:
      '<p na-key-val="x"><i na-attr="title: {{.}}{{../id}}{{../../c}}{{@number}}" title="yxc1" na-key-val="y"></i>' +
      '<template na-each="b" na-key="." na-if-row=""><i na-attr="title: {{.}}{{../id}}{{../../c}}{{@number}}"></i></template>' +
      '<template na-if="b"><template na-each="b" na-key="."><i na-attr="title: {{.}}{{../id}}{{../../c}}{{@number}}"></i></template></template></p>' +
      '<p na-key-val="z"><template na-if="b"><template na-each="b" na-key="."><i na-attr="title: {{.}}{{../id}}{{../../c}}{{@number}}"></i></template></template></p>' +
      '<template na-each="a" na-key="id"><p><template na-if="b"><template na-each="b" na-key="."><i na-attr="title: {{.}}{{../id}}{{../../c}}{{@number}}"></i></template></template></p></template>',
  },
  {
    name: "the first of two attributes wins, also once it is written anew or taken away",
    page: '<a hidden na-attr="href: url" href="/old" href="javascript:1" na-show="no" HIDDEN>x</a>',
    state: { url: "javascript:alert(1)", no: true },
    painted: '<a na-attr="href: url" na-show="no">x</a>',
  },
  {
    name: "no state sets what runs or loads something, or shows text in a script",
    page:
      '<a na-attr="onclick: x; style: x; href: ok">a</a><script na-bind="x">1</script><iframe na-attr="src: x"></iframe>',
    state: { x: "alert(1)", ok: "/ok?a=1&b=2" },
    painted:
      '<a na-attr="onclick: x; style: x; href: ok" href="/ok?a=1&amp;b=2">a</a><script na-bind="x">1</script><iframe na-attr="src: x"></iframe>',
  },
  {
    name: "a form is sent to no other site, on pages of either protocol",
    page: '<button na-attr="formaction: a"></button><button na-attr="formaction: b"></button>',
    state: { a: "https:evil.example", b: "/here" },
    painted:
      '<button na-attr="formaction: a"></button><button na-attr="formaction: b" formaction="/here"></button>',
  },
  {
    name: "controls hold what is bound to them, and names are bound where their form says so",
    page:
      '<input name="a"><form na-bind="in"><input name="a" value="old"><input type="password" name="a"><input type="checkbox" name="yes" checked>' +
      '<input type="checkbox" name="list" value="1"><input type="checkbox" name="list" value="2"><input type="radio" name="r" value="x"><input type="radio" name="r" value="y" checked>' +
      '<select name="s"><option value="">-<option>two  words<option selected value="z">Z</select><select multiple name="list"><option>1<option>3</select></form>',
    state: { in: { a: "A", yes: false, list: [2, 3], r: "x", s: "two words" } },
    painted:
      '<input name="a"><form na-bind="in"><input name="a" value="A"><input type="password" name="a"><input type="checkbox" name="yes">' +
      '<input type="checkbox" name="list" value="1"><input type="checkbox" name="list" value="2" checked=""><input type="radio" name="r" value="x" checked=""><input type="radio" name="r" value="y">' +
      '<select name="s"><option value="">-<option selected="">two  words<option value="z">Z</select><select multiple name="list"><option>1<option selected="">3</select></form>',
  },
  {
    name: "formats follow the locale and the time zone",
    page:
      '<b na-bind="price|currency:EUR"></b><i na-bind="at|datetime"></i><u na-bind="price|nope"></u>',
    state: { price: 1234.5, at: "2026-07-01T22:30:00Z" },
    painted: `<b na-bind="price|currency:EUR">${
      new Intl.NumberFormat("de-AT", { style: "currency", currency: "EUR" }).format(1234.5)
    }</b><i na-bind="at|datetime">${
      new Intl.DateTimeFormat("de-AT", {
        dateStyle: "medium",
        timeStyle: "short",
        timeZone: "Europe/Vienna",
      }).format(new Date("2026-07-01T22:30:00Z"))
    }</i><u na-bind="price|nope">1234.5</u>`,
  },
  {
    name: "nothing has happened yet on a page that was just painted",
    page: '<p na-show="@loading">a</p><p na-show="!@live">b</p><p na-bind="@params.id"></p>',
    state: {},
    painted:
      '<p na-show="@loading" hidden="">a</p><p na-show="!@live">b</p><p na-bind="@params.id">7</p>',
  },
  {
    name: "end tags may be missing where HTML allows it, and comments and scripts are no elements",
    page:
      '<!-- <p na-bind="a"> --><script>"<p na-bind=a></p>"<!--<script></script>--></script><ul><li na-show=no>x<li>y</ul><table><tr><td na-class="a: a">1<td>2</table>',
    state: { a: 1 },
    painted:
      '<!-- <p na-bind="a"> --><script>"<p na-bind=a></p>"<!--<script></script>--></script><ul><li na-show=no hidden="">x<li>y</ul><table><tr><td na-class="a: a" class="a">1<td>2</table>',
  },
];

const scope = (page: string) => `<div na-scope="T:1">${page}</div>`;

/** Returns a page with the attributes of each tag in order, of which none matters. */
function sorted(html: string): string {
  return html.replaceAll(
    /<([a-z]+)((?:\s+[^\s=>"]+(?:="[^"]*"|='[^']*'|=[^\s>]*)?)+)\s*>/gi,
    (_, tag, attributes) => {
      const found = attributes.match(/[^\s=>"]+(?:="[^"]*"|='[^']*'|=[^\s>]*)?/g);
      return `<${[tag, ...found.sort()].join(" ")}>`;
    },
  );
}

/** Tests what is painted, on the platform that calls it. */
export function testCases(): void {
  test.for(cases)("$name", async ({ page, state, painted }) => {
    const found = await renderPage(scope(page), {
      read: async () => ({ rev: 1, epoch: "e", state }),
      embed: false,
      params: { id: 7 },
      locale: "de-AT",
      timeZone: "Europe/Vienna",
    });
    expect(sorted(found)).toBe(sorted(scope(painted)));
  });

  test("a state in the page ends no script, and keeps half of a surrogate pair", async () => {
    const state = { a: "</script><!--<script>", b: "\ud800" };
    const found = await renderPage("<body><p na-scope='T:1'></p></body>", {
      read: async () => ({ rev: 3, epoch: "e", state }),
    });
    const [, json] = found.match(
      /<script type="application\/json" na-snapshot>(.*?)<\/script><\/body>$/,
    )!;
    expect(json).not.toContain("<");
    expect(JSON.parse(json!)).toEqual({
      timeZone: "UTC",
      states: [{ type: "T", instance: "1", rev: 3, epoch: "e", state }],
    });
  });
}
