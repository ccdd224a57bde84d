import fc from "fast-check";
import { expect, test } from "vitest";
import { evaluate, fillText, isTrue, type Level } from "../../src/page/evaluate.ts";
import { parseExpression } from "../../src/page/expression.ts";
import { parseFill } from "../../src/page/value.ts";

const scope: Level = {
  value: JSON.parse(
    `{ "title": "Plans", "count": 0, "tags": [], "chosen": "b", "none": null, "one": 1, "yes": true,
       "list": [1], "deep": { "at": { "last": "x" } }, "__proto__": { "admin": true } }`,
  ),
  above: undefined,
  locals: { offline: true, params: { id: "7" } },
};
const row: Level = {
  value: { id: "b", title: "Read" },
  above: scope,
  locals: { index: 2, number: 3 },
};
const inner: Level = { value: "word", above: row, locals: { index: 0, number: 1 } };

function at(level: Level, text: string): unknown {
  return evaluate(parseExpression(text), level, (value, { name, argument = "" }) => {
    return `${name}(${value}${argument && `, ${argument}`})`;
  });
}

test("a path leads to own properties, out of rows by ../, and to the closest local", () => {
  expect(at(scope, "deep.at.last")).toBe("x");
  expect(at(scope, "title.length")).toBeUndefined();
  expect(at(scope, "constructor.name")).toBeUndefined();
  expect(at(scope, "__proto__.admin")).toBe(true);
  expect([at(row, "title"), at(row, "../title"), at(inner, "../../title")])
    .toEqual(["Read", "Plans", "Plans"]);
  expect([at(inner, "."), at(inner, "../."), at(inner, "../../../x"), at(scope, "../title")])
    .toEqual(["word", row.value, undefined, undefined]);
  expect([at(row, "@index"), at(inner, "@number"), at(inner, "@offline"), at(row, "@params.id")])
    .toEqual([2, 1, true, "7"]);
  expect([at(row, "@toString"), at(row, "@missing")]).toEqual([undefined, undefined]);
});

test("texts are compared as they are shown, also with the text at another path", () => {
  expect([at(scope, "count=0"), at(scope, "one!=1"), at(scope, "yes = true")])
    .toEqual([true, false, true]);
  expect([at(scope, "none=''"), at(scope, "missing=''"), at(scope, "list=''")])
    .toEqual([true, true, true]);
  expect([at(row, "id=../chosen"), at(row, "id!=../chosen"), at(row, "../chosen=@index")])
    .toEqual([true, false, false]);
  expect(at(scope, "title='../x'")).toBe(false);
});

test("a ! negates the whole", () => {
  expect([at(scope, "!count"), at(scope, "!title"), at(scope, "!title=Plans")])
    .toEqual([true, false, false]);
  expect([at(scope, "!title!=Plans"), at(scope, "!missing")]).toEqual([true, true]);
});

test("what is absent, false, zero, no number or empty is no condition that holds", () => {
  expect([undefined, null, false, 0, -0, NaN, 0n, "", []].filter(isTrue)).toEqual([]);
  const holding = [true, 1, -1, "0", "false", " ", [0], {}];
  expect(holding.filter(isTrue)).toEqual(holding);
});

test("formats are applied from left to right", () => {
  expect(at(scope, "title|upper|date:full")).toBe("date(upper(Plans), full)");
});

test("a fill holds its texts and values, and what is in values stays text", () => {
  const fill = (text: string, level: Level) => fillText(parseFill(text), level, (value) => value);
  expect(fill("/i/{{id}}?n={{@number}}&x={{missing}}", row)).toBe("/i/b?n=3&x=");
  fc.assert(fc.property(fc.string(), fc.string(), (id, other) => {
    const level = { value: { id, other }, above: undefined, locals: {} };
    expect(fill("<{{id}}{{other}}>", level)).toBe(`<${id}${other}>`);
  }));
});
