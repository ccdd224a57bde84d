import { type Node, parse } from "parse5";
import { expect, test } from "vitest";
import { type RenderOptions, renderPage } from "rian/ssr";

type State = Record<string, unknown>;

/** Renders a page that has these states, by `Type:id`. */
function render(
  html: string,
  states: Record<string, State> = {},
  options: Partial<RenderOptions> = {},
): Promise<string> {
  return renderPage(html, {
    read: async (type, id) => {
      const state = states[`${type}:${id}`];
      return state && { rev: 1, epoch: "e", state };
    },
    embed: false,
    ...options,
  });
}

/** Renders what is inside of a scope. */
async function within(
  html: string,
  state: State,
  options?: Partial<RenderOptions>,
): Promise<string> {
  const page = await render(`<x na-scope="T:1">${html}</x>`, { "T:1": state }, options);
  return page.slice(`<x na-scope="T:1">`.length, -"</x>".length);
}

const cases: readonly (readonly [name: string, html: string, state: State, expected: string])[] = [
  [
    "a text",
    `<p class=a na-bind="a.b">old <b>x</b></p>`,
    { a: { b: '1 < 2 & "3"' } },
    `<p class=a na-bind="a.b">1 &lt; 2 &amp; &quot;3&quot;</p>`,
  ],
  ["a text that is not there", `<p na-bind="a">as it was</p>`, {}, `<p na-bind="a">as it was</p>`],
  [
    "a number, and null",
    `<p na-bind="a">?</p><p na-bind="b">?</p>`,
    { a: 0, b: null },
    `<p na-bind="a">0</p><p na-bind="b"></p>`,
  ],
  [
    "a title",
    `<title na-bind="a">?</title>`,
    { a: "</title><b>" },
    `<title na-bind="a">&lt;/title&gt;&lt;b&gt;</title>`,
  ],
  ["a line feed at the beginning", `<pre na-bind="a"></pre><textarea na-bind="a"></textarea>`, {
    a: "\nx",
  }, `<pre na-bind="a">\n\nx</pre><textarea na-bind="a">\n\nx</textarea>`],
  ["nothing in a script", `<script na-bind="a">1</script><style na-bind="a">2</style>`, {
    a: "alert()",
  }, `<script na-bind="a">1</script><style na-bind="a">2</style>`],
  [
    "what is shown and hidden",
    `<p na-show="a" hidden>x</p><p na-show="b">y</p><p na-show="b" hidden>z</p>`,
    { a: 1 },
    `<p na-show="a" >x</p><p hidden="" na-show="b">y</p><p na-show="b" hidden>z</p>`,
  ],
  [
    "classes",
    `<p class="b c" na-class="a: yes; b c: no">x</p><p class=" k " na-class="k: yes">y</p>`,
    { yes: true },
    `<p class="a" na-class="a: yes; b c: no">x</p><p class=" k " na-class="k: yes">y</p>`,
  ],
  [
    "attributes",
    `<a na-attr="href: /i/{{id}}?q={{q}}; title: t; hidden: no; aria-busy: no">x</a>`,
    { id: 5, q: `"&`, no: false },
    `<a href="/i/5?q=&quot;&amp;" aria-busy="false" na-attr="href: /i/{{id}}?q={{q}}; title: t; hidden: no; aria-busy: no">x</a>`,
  ],
  ["no address that runs", `<a href="/old" na-attr="href: a">x</a><img na-attr="src: b">`, {
    a: "java\tscript:alert(1)",
    b: "data:image/svg+xml,x",
  }, `<a  na-attr="href: a">x</a><img na-attr="src: b">`],
  [
    "no attribute that runs",
    `<p na-attr="onclick: a; style: a; na-click: a">x</p><iframe na-attr="name: a"></iframe>`,
    { a: "x" },
    `<p na-attr="onclick: a; style: a; na-click: a">x</p><iframe na-attr="name: a"></iframe>`,
  ],
  [
    "a condition",
    `<template na-if="a"><b>yes</b></template><template na-if="!a"><b>no</b></template>`,
    { a: 1 },
    `<b na-if-row="">yes</b><template na-if="a"><b>yes</b></template><template na-if="!a"><b>no</b></template>`,
  ],
  [
    "rows",
    `<ul> <template na-each="l" na-key="id">
      <li id="r{{id}}" title="{{t}} of {{../n}}"><i na-bind="t"></i> <u na-bind="@number"></u></li> </template></ul>`,
    { n: "N", l: [{ id: 1, t: "<a>" }, { id: "b", t: "{{n}}" }] },
    `<ul> <li na-key-val="1" id="r1" title="&lt;a&gt; of N"><i na-bind="t">&lt;a&gt;</i> <u na-bind="@number">1</u></li><li na-key-val="b" id="rb" title="{{n}} of N"><i na-bind="t">{{n}}</i> <u na-bind="@number">2</u></li><template na-each="l" na-key="id">
      <li id="r{{id}}" title="{{t}} of {{../n}}"><i na-bind="t"></i> <u na-bind="@number"></u></li> </template></ul>`,
  ],
  [
    "rows in rows, without keys",
    `<template na-each="l"><p><template na-each="."><b na-bind="."></b></template></p></template>`,
    { l: [[1, 2], []] },
    `<p na-key-val="0"><b na-key-val="0" na-bind=".">1</b><b na-key-val="1" na-bind=".">2</b><template na-each="."><b na-bind="."></b></template></p><p na-key-val="1"><template na-each="."><b na-bind="."></b></template></p><template na-each="l"><p><template na-each="."><b na-bind="."></b></template></p></template>`,
  ],
  [
    "what controls hold",
    `<input na-bind="a" value=old><input type=checkbox na-bind="b"><input type=checkbox checked na-bind="c"><input type=radio value=x na-bind="a"><textarea na-bind="a">old</textarea>`,
    { a: "x", b: true, c: false },
    `<input na-bind="a" value="x"><input checked="" type=checkbox na-bind="b"><input type=checkbox  na-bind="c"><input checked="" type=radio value=x na-bind="a"><textarea na-bind="a">x</textarea>`,
  ],
  ["what is chosen", `<select na-bind="a"><option selected>x<option value="y">Y</select>`, {
    a: "y",
  }, `<select na-bind="a"><option >x<option selected="" value="y">Y</select>`],
  [
    "several that are chosen, in rows",
    `<select multiple na-bind="a"><template na-each="o"><option na-bind="."></option></template></select>`,
    { a: ["q"], o: ["p", "q"] },
    `<select multiple na-bind="a"><option na-key-val="0" na-bind=".">p</option><option na-key-val="1" selected="" na-bind=".">q</option><template na-each="o"><option na-bind="."></option></template></select>`,
  ],
  [
    "controls that a form binds by their names",
    `<form na-bind="a"><input name="b.c"><input name="b" type=password><input name=h type=hidden></form><input name="x">`,
    { a: { b: { c: 1 }, h: 2 }, x: 3 },
    `<form na-bind="a"><input value="1" name="b.c"><input name="b" type=password><input name=h type=hidden></form><input name="x">`,
  ],
  ["a format", `<time na-bind="d|date:long"></time><b na-bind="n|currency:EUR"></b>`, {
    d: "2026-12-01",
    n: 2,
  }, `<time na-bind="d|date:long">December 1, 2026</time><b na-bind="n|currency:EUR">€2.00</b>`],
  [
    "nothing where it is to be left alone",
    `<div na-ignore><b na-bind="a">x</b></div>`,
    { a: 1 },
    `<div na-ignore><b na-bind="a">x</b></div>`,
  ],
  [
    "what is so before anything has happened",
    `<p na-show="@offline">x</p><p na-show="!@loading">y</p>`,
    {},
    `<p hidden="" na-show="@offline">x</p><p na-show="!@loading">y</p>`,
  ],
  [
    "names of prototypes as what is not there",
    `<p na-bind="constructor">x</p><p na-bind="a.__proto__.b">y</p>`,
    { a: {} },
    `<p na-bind="constructor">x</p><p na-bind="a.__proto__.b">y</p>`,
  ],
  [
    "an expression that cannot be read as it is written",
    `<p na-bind="a b">x</p><p na-show="=">y</p>`,
    { a: 1 },
    `<p na-bind="a b">x</p><p na-show="=">y</p>`,
  ],
  [
    "data- names",
    `<p data-na-bind="a">x</p><template data-na-each="l" data-na-key="k"><i data-na-bind="k"></i></template>`,
    { a: 1, l: [{ k: 2 }] },
    `<p data-na-bind="a">1</p><i na-key-val="2" data-na-bind="k">2</i><template data-na-each="l" data-na-key="k"><i data-na-bind="k"></i></template>`,
  ],
  ["characters that a parser would drop", `<p na-bind="a"></p><p na-attr="title: a"></p>`, {
    a: "a\0b\rc",
  }, `<p na-bind="a">a\ufffdb&#13;c</p><p title="a\ufffdb&#13;c" na-attr="title: a"></p>`],
];

test.for(cases)("a page shows %s", async ([, html, state, expected]) => {
  expect(await within(html, state, { locale: "en" })).toBe(expected);
});

test("a page without anything bound is the same, to the last character", async () => {
  const page =
    `<!doctype html>\r\n<HTML lang='ga'><!-- <b na-bind=x> --><body\n><p>a<p>b<script>"<b na-bind=x>"</script><svg/><br/>&nbsp;<a b=c/>`;
  expect(await render(page)).toBe(page);
});

test("a scope that may not be seen stays as it is written, and so does all in it but other scopes", async () => {
  const page =
    `<div na-scope="T:1"><p na-bind="a">?</p><template na-each="l"><b></b></template><i na-scope="T:2" na-bind="b">?</i></div>`;
  expect(await render(page, { "T:2": { b: 2 } })).toBe(
    page.replace(`na-bind="b">?`, `na-bind="b">2`),
  );
});

test("instances that rows and parameters name are read, in three rounds", async () => {
  const page =
    `<main na-scope="Party:{{@params.id}}"><template na-each="guests" na-key="id"><p na-scope="Guest:{{id}}"><b na-bind="name"></b>
<template na-each="pets"><i na-scope="{{.}}" na-type="Pet"><u na-bind="name"></u></i></template></p></template></main>`;
  const states = {
    "Party:7": { guests: [{ id: "a" }, { id: "b" }] },
    "Guest:a": { name: "Ada", pets: ["cat"] },
    "Pet:cat": { name: "Félix" },
  };
  const html = await render(page, states, { params: { id: 7 } });
  expect(html).toContain(`<main na-scope="Party:7">`);
  expect(html).toContain(`<p na-key-val="a" na-scope="Guest:a"><b na-bind="name">Ada</b>`);
  expect(html).toContain(
    `<i na-key-val="0" na-scope="cat" na-type="Pet"><u na-bind="name">Félix</u></i>`,
  );
  expect(html).toContain(`<p na-key-val="b" na-scope="Guest:b"><b na-bind="name"></b>`);
});

test("a state names no type", async () => {
  const page =
    `<div na-scope="T:1"><template na-each="l"><i na-scope="{{.}}" na-bind="a"></i></template></div>`;
  const read: string[] = [];
  await renderPage(page, {
    read: async (type, id) => {
      read.push(`${type}:${id}`);
      return { rev: 1, epoch: "e", state: { l: ["Secret:1"] } };
    },
  });
  expect(read).toEqual(["T:1"]);
});

test("at most fifty instances are read", async () => {
  const page = Array.from({ length: 70 }, (_, id) => `<i na-scope="T:${id}" na-bind="a"></i>`).join(
    "",
  );
  let reads = 0;
  const read = async () => ({ rev: ++reads, epoch: "e", state: { a: 1 } });
  const html = await renderPage(page, { read });
  expect([reads, html.split(">1<").length - 1]).toEqual([50, 50]);
});

test("the states are in the page, where no text of theirs ends the script", async () => {
  const state = { a: "</script><!--<script>" };
  const html = await render(`<body><p na-scope="T:1" na-bind="a"></p></body>`, { "T:1": state }, {
    embed: true,
    locale: "en",
    params: { id: "<" },
  });
  const [, json] = /<script type="application\/json" na-snapshot>(.*)<\/script><\/body>$/.exec(
    html,
  )!;
  expect(json).not.toContain("<");
  expect(JSON.parse(json!)).toEqual({
    locale: "en",
    timeZone: "UTC",
    params: { id: "<" },
    states: [{ type: "T", instance: "1", rev: 1, epoch: "e", state }],
  });
});

test.for([
  ["<p>\n<p na-bind=a>x", "line 2: <p> has no end tag"],
  ["<ul>\n\n<li na-scope='T:2'>x</ul>", "line 3: <li> has no end tag"],
  ["<template na-each=l><p></p>", "line 1: <template> has no end tag"],
  ["<b na-bind=a><i></b></i>", ""],
  ["<i na-bind=a><b></i></b>", ""],
])("what is bound in %j needs an end tag", async ([html, problem]) => {
  const rendered = render(`<div na-scope="T:1">${html}</div>`, { "T:1": { a: 1, l: [] } });
  if (problem === "") await rendered;
  else await expect(rendered).rejects.toThrow(`Cannot render the page: ${problem}`);
});

test("a page whose body is a scope has its states and the form of its buttons at its end", async () => {
  const html = await render(
    `<head></head><body na-scope="T:1"><b na-bind="a"></b><button na-click="b">B</button></body>`,
    { "T:1": { a: 1 } },
    { embed: true, returnTo: "/" },
  );
  expect(html).toMatch(/<form hidden id="nasc-form" method="post"><\/form><script [^]*<\/body>$/);
  expect(html).toContain('"states":[{"type":"T","instance":"1"');
});

test.for(["<!-- a > b -->\n", "<!--><!---><!-- -- --!>", "\ufeff<?xml?>"])(
  "a page that begins with %s keeps its doctype before all else",
  async (before) => {
    const start = `${before}<!doctype html>\n<!-- c -->`;
    const html = await render(`${start}<p na-scope="T:1"></p>`, {}, { returnTo: "/" });
    expect(html).toBe(`${start}<meta name="referrer" content="same-origin"><p na-scope="T:1"></p>`);
  },
);

test("attributes with named references mean what browsers read", async () => {
  const shown = await within(
    `<p class="caf&eacute;" na-class="on: a" na-attr="title: &laquo;&nbsp;{{a}}&nbsp;&raquo;"></p>` +
      `<select na-bind="b"><option>na&iuml;f &ndash; &euro;</option></select>`,
    { a: "&eacute;", b: "naïf – €" },
  );
  expect(shown).toContain(`<p title="«\u00a0&amp;eacute;\u00a0»" class="café on"`);
  expect(shown).toContain(`<option selected="">`);
});

test.for(
  "nbsp shy yuml Agrave divide frac34 sup2 ordm szlig THORN ndash hellip euro rarr check emsp zwj"
    .split(" "),
)("&%s; is the character that browsers read", async (name) => {
  const page = parse(`<body class="&${name};">`) as { childNodes: Node[] };
  const body = page.childNodes[0]!.childNodes![1]!;
  expect(await within(`<i na-attr="lang: x&${name};{{a}}"></i>`, { a: 1 }))
    .toContain(`lang="x${body.attrs![0]!.value}1"`);
});

test("what a button in a form was refused for is shown in that form, of its row only, without values", async () => {
  const page =
    `<main na-scope="T:1"><template na-each="l" na-key="."><form na-submit="save"><input name="a">` +
    `<button na-click="drop">Drop</button><p na-error></p></form></template></main>`;
  const html = await render(page, { "T:1": { l: ["x", "y"] } }, {
    returnTo: "/",
    flash: {
      ...{ type: "T", id: "1", event: "drop", rows: ["y"] },
      error: { code: "no", message: "It stays" },
      values: { a: "typed" },
    },
  });
  expect(html.match(/<p [^]*?<\/p>/g)!.slice(0, 2)).toEqual([
    `<p na-error></p>`,
    `<p role="alert" na-error>It stays</p>`,
  ]);
  expect(html).not.toContain("typed");
});
