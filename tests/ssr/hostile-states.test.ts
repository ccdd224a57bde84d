import { type Node, parse } from "parse5";
import { renderPage } from "rian/ssr";
import { expect, test } from "vitest";

const hostile = [
  `"><script>x</script>`,
  `'><img src=x onerror=1>`,
  "</textarea></title></noscript></style></template></select></svg><script>",
  "--><script>",
  "]]></svg><script>",
  "javascript:x",
  "\tjava\nscript:x",
  "data:text/html,<script>",
  "x onmouseover=1",
  "`onx=1",
  "&lt;script&gt;",
  "\0<!--\ud800",
];

test.for([
  `<p title=x na-attr="title: x">{{x}}</p>`,
  `<a href='y'title='x'na-attr='href: x;title: x'>a</a>`,
  `<a/na-attr="href: x"/href=y>a</a>`,
  `<b TITLE=a title=b na-attr="title: x"></b>`,
  `<b na-attr="x=y: x; 1a: x; a/b: x; onclick: x; style: x"></b>`,
  `<textarea na-bind=x></textarea><title na-bind=x></title><pre na-bind=x></pre>`,
  `<noscript><b na-bind=x title=a na-attr="title: x"></b></noscript>`,
  `<xmp><b na-bind=x></b></xmp><iframe><b na-bind=x></b></iframe>`,
  `<style na-bind=x></style><script na-bind=x></script>`,
  `<svg><title na-bind=x></title><a na-attr="xlink:href: x; href: x">a</a><style na-bind=x></style></svg>`,
  `<svg><![CDATA[<b na-bind=x></b>]]></svg>`,
  `<svg><p><noscript><b na-bind=x></b></noscript><style><b na-bind=x></b></style></p></svg>`,
  `<svg><foreignObject><textarea na-bind=x></textarea><xmp><b na-bind=x></b></xmp></foreignObject></svg>`,
  `<math><mtext><b na-bind=x></b></mtext><style na-bind=x></style></math>`,
  `<select na-bind=x><option na-bind=x></option></select>`,
  `<table><b na-bind=x></b><tr><td na-bind=x></td></tr></table>`,
  `<template na-each=l><template na-if=x><b id="{{.}}" na-bind="."></b></template><i class='{{.}}' data-x={{.}}></i></template>`,
  `<!-- <b na-bind=x></b> --><!--><b na-bind=x></b>--><!--a--!><b na-bind=x></b>--><? <b na-bind=x></b> ?>`,
  `<img src=a na-attr="src: x; srcset: x"><input value=x na-bind=x><meter na-bind=x></meter>`,
  `<template na-each=l na-key="."><form na-submit=e><button na-click=c data-a="{{.}}">b</button></form></template>`,
  `<object na-attr="data: x"></object><embed na-attr="src: x"><base na-attr="href: x"><meta na-attr="content: x">`,
])("whatever is shown in %s, the page has the same elements and attributes", async (content) => {
  const shapes = (html: string) => [true, false].map((scripting) => shapeOf(html, scripting));
  async function paint(x: string): Promise<string> {
    const page = `<!doctype html><head></head><body><main na-scope="A:1">${content}</main></body>`;
    const read = async () => ({ rev: 1, epoch: "e", state: { x, l: [x] } });
    return await renderPage(page, { read, returnTo: "/" });
  }
  const plain = shapes(await paint("a"));
  for (const text of hostile) expect(shapes(await paint(text)), text).toEqual(plain);
});

/** Returns the elements and attributes of a page, but for the addresses that are taken away, and choices. */
function shapeOf(html: string, scriptingEnabled: boolean): string {
  const found: string[] = [];
  function visit({ tagName, attrs = [], childNodes = [], content }: Node): void {
    if (tagName) found.push(`<${tagName}>`);
    for (const { name, value } of attrs) {
      expect(value.replace(/[\t\n]/g, "")).not.toMatch(
        /^(?:href|src|action)$/.test(name) ? /^(?:javascript|data):/ : /^$^./,
      );
      if (!/^(?:href|xlink:href|src|selected)$/.test(name)) found.push(name);
    }
    for (const each of content ? [...childNodes, content] : childNodes) visit(each);
  }
  visit(parse(html, { scriptingEnabled }));
  return found.join(" ");
}
