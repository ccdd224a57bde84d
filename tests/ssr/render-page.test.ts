import { type Flash, type PaintedInstance, type RenderOptions, renderPage } from "rian/ssr";
import { describe, expect, test } from "vitest";

const seen = (state: object): PaintedInstance => ({ rev: 1, epoch: "e", state });

function reading(states: Readonly<Record<string, object>>, asked: string[][] = []) {
  let round: string[] = [];
  return {
    asked,
    async read(type: string, id: string): Promise<PaintedInstance | undefined> {
      if (round.length === 0) {
        asked.push(round);
        queueMicrotask(() => round = []);
      }
      round.push(`${type}:${id}`);
      const state = states[`${type}:${id}`];
      return state && seen(state);
    },
  };
}

function render(
  html: string,
  states: Readonly<Record<string, object>>,
  options: Partial<RenderOptions> = {},
) {
  return renderPage(html, { read: reading(states).read, embed: false, ...options });
}

describe("scopes", () => {
  test("whose ids come from rows are read together, three rounds deep, each instance once", async () => {
    const within = (type: string, inner: string) =>
      `<template na-each="ids" na-key="."><div na-scope="${type}:{{.}}">${inner}</div></template>`;
    const page = `<main na-scope="A:1">${within("B", within("C", within("D", "")))}</main>`;
    const { asked, read } = reading({
      "A:1": { ids: [1, 2] },
      "B:1": { ids: [1] },
      "B:2": { ids: [1] },
      "C:1": { ids: [1] },
      "D:1": { ids: [] },
    });
    const painted = await renderPage(page, { read });
    expect(asked).toEqual([["A:1"], ["B:1", "B:2"], ["C:1"]]);
    expect(painted).toContain('<div na-scope="D:1"');
    expect(painted).not.toContain('"type":"D"');
  });

  test("are left as they are written without an instance, but for those within", async () => {
    const page =
      '<p na-scope="A:1" na-show="x"><b na-bind="x">old</b><i na-scope="B:1" na-bind="x"></i></p>';
    expect(await render(page, { "B:1": { x: 5 } })).toBe(page.replace("></i>", ">5</i>"));
  });

  test("past the fiftieth instance are left to the client", async () => {
    const page =
      '<p na-scope="A:1"><template na-each="ids" na-key="."><b na-scope="B:{{.}}" na-bind="x">-</b></template></p>';
    const { asked, read } = reading({ "A:1": { ids: Array.from({ length: 60 }, (_, id) => id) } });
    expect(await renderPage(page, { read })).toContain('na-scope="B:59"');
    expect(asked.map(({ length }) => length)).toEqual([1, 49]);
  });

  test("take their ids from the parameters of the page, and never their types", async () => {
    const page = '<p na-scope="{{@params.id}}" na-type="A" na-bind="x"></p>';
    expect(await render(page, { "A:a&b": { x: 1 } }, { params: { id: "a&b" } }))
      .toBe('<p na-scope="a&amp;b" na-type="A" na-bind="x">1</p>');
    await expect(render('\n<p na-scope="{{@params.type}}:1"></p>', {}, { params: { type: "A" } }))
      .rejects.toThrow('line 2: the type in na-scope="{{@params.type}}:1" is not the page\'s own');
  });

  test("whose reading fails let the page fail with them", async () => {
    const read = () => Promise.reject(new Error("storage is away"));
    await expect(renderPage('<p na-scope="A:1"></p>', { read })).rejects.toThrow("storage is away");
  });
});

describe("a page that cannot be painted says where", () => {
  test.for([
    ["<div na-scope='A:1'>\n\n<p na-bind='x'>open</div>", "line 3: <p> has no end tag"],
    ["<div na-scope='A:1'><p na-bind='x'>a<div>b</div></p></div>", "line 1: <p> has no end tag"],
    [
      "<div na-scope='A:1'><svg>\n<template na-each='x'></template></svg></div>",
      "line 2: a <template> in <svg>",
    ],
    [
      "<div na-scope='A:1'><b na-bind='x'>".repeat(1) + "<b na-bind='x'>".repeat(300) +
      "</b>".repeat(301) + "</div>",
      "in more than 200",
    ],
  ])("%j", async ([page, problem]) => {
    await expect(render(page!, { "A:1": { x: 1 } })).rejects.toThrow(problem);
  });

  test("options that are misspelt or wrong are refused by name", async () => {
    const read = async () => undefined;
    await expect(renderPage("", { read, timezone: "UTC" } as never)).rejects.toThrow(
      "timezone is not an option",
    );
    await expect(renderPage("", { read, timeZone: "Nowhere" })).rejects.toThrow(
      'timeZone is "Nowhere", no time zone',
    );
    await expect(renderPage("", {} as never)).rejects.toThrow("read is undefined");
  });
});

describe("without script", () => {
  const page = `<html><head></head><body na-connect="/n"><section na-scope="List:1">
<form na-submit="add"><p na-error></p><input name="title" value="new"><i na-error="title"></i><input type="checkbox" name="urgent"><input type="password" name="word"></form>
<template na-each="items" na-key="id"><li><form na-submit="rename" na-bind><input name="title"><b na-error="title"></b></form><button type="button" na-click="drop" data-id="{{id}}">x</button></li></template>
</section></body></html>`;
  const states = { "List:1": { items: [{ id: 1, title: "one" }, { id: "2&3", title: "two" }] } };

  test("forms and buttons say where they go, and what they are", async () => {
    const painted = await render(page, states, { returnTo: "/lists/5?x=1" });
    expect(painted).toContain('<head><meta name="referrer" content="same-origin"></head>');
    expect(painted).toContain(
      '<form na-submit="add" method="post" action="/n/event?type=List&amp;instance=1&amp;event=add&amp;return=%2Flists%2F5%3Fx%3D1&amp;flags=urgent&amp;keep=title&amp;keep=urgent">',
    );
    expect(painted).toContain(
      'form="na-form-buttons" formaction="/n/event?type=List&amp;instance=1&amp;event=drop&amp;row=2%263&amp;return=%2Flists%2F5%3Fx%3D1&amp;d.id=2%263">',
    );
    expect(painted).toContain('<form hidden id="na-form-buttons" method="post"></form></body>');
  });

  test("forms are left as they are where nothing says where the page is", async () => {
    expect(await render(page, states)).not.toMatch(/method|action|referrer/);
  });

  const flash: Flash = {
    type: "List",
    id: "1",
    event: "rename",
    rows: ["2&3"],
    error: { code: "invalid", message: "Not <so>", fields: { title: "Too short" } },
    values: { title: 't"', word: "secret" },
  };

  test("a refusal is shown in the one form that it is of, with what was typed", async () => {
    const painted = await render(page, states, { flash });
    const [first, second] = [...painted.matchAll(/<li .*?<\/li>/g)].map(([text]) => text);
    expect(first).toContain('<input name="title" value="one"><b na-error="title"></b>');
    expect(second).toMatch(
      /<input name="title" aria-invalid="true" aria-describedby="(.*?)" autofocus="" value="t&quot;"><b na-error="title" role="alert" id="\1">Too short<\/b>/,
    );
    expect(painted).toContain(
      '<p na-error></p><input name="title" value="new"><i na-error="title"></i>',
    );
  });

  test("a refusal of another instance is shown nowhere", async () => {
    expect(await render(page, states, { flash: { ...flash, id: "2" } })).toBe(
      await render(page, states),
    );
  });

  test("what may not be shown again is not, whatever the flash says", async () => {
    const painted = await render(page, states, { flash: { ...flash, event: "add", rows: [] } });
    expect(painted).toContain("Not &lt;so&gt;");
    expect(painted).not.toContain("secret");
  });
});
