import fc from "fast-check";
import { expect, test } from "vitest";
import { ExpressionError, parseExpression } from "../../src/page/expression.ts";
import { textOf } from "../../src/page/problems.ts";
import { type Fill, parseFill, parseNamedValues, parseValue } from "../../src/page/value.ts";
import { printExpression, printNamed, printValue } from "./print.ts";
import { countSteps } from "./steps.ts";

const name = fc.oneof(
  fc.stringMatching(/^[\w$-]{1,8}$/),
  fc.constantFrom("größe", "名前", "__proto__", "constructor", "0", "-"),
);
const names = fc.array(name, { minLength: 1, maxLength: 3 });
const path = fc.oneof(
  fc.record({
    up: fc.nat(3),
    isLocal: fc.constant(false),
    names: fc.oneof(names, fc.constant([] as string[])),
  }),
  fc.record({ up: fc.constant(0), isLocal: fc.constant(true), names }),
);
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom("a;b", "it's", "''", "{{x}}", "}}", " a ", "../a", "@b", "x|y", "a: b", ""),
);
const outward = path.filter(({ up, isLocal }) => up > 0 || isLocal);
const expression = fc.record({
  path,
  isNegated: fc.boolean(),
  comparison: fc.option(
    fc.record({ isEqual: fc.boolean(), to: fc.oneof(text, outward) }),
    { nil: undefined },
  ),
  formats: fc.array(
    fc.record({ name, argument: fc.option(text, { nil: undefined }) }),
    { maxLength: 2 },
  ),
});

/** Returns in words why a text is refused. */
function refusalOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return textOf(error.problem, ...error.parts);
  }
  throw new Error("It was read");
}

/** Texts around expressions: the braces that begin one are the last two of several. */
function fill(around: RegExp): fc.Arbitrary<Fill> {
  return fc.array(expression, { minLength: 1, maxLength: 3 }).chain((expressions) => {
    const size = expressions.length + 1;
    return fc.array(fc.stringMatching(around), { minLength: size, maxLength: size })
      .map((texts) => ({ path: undefined, texts, expressions }));
  });
}

test("what is printed is read back as it was", () => {
  fc.assert(fc.property(expression, (each) => {
    expect(parseExpression(printExpression(each))).toEqual(each);
  }));
  fc.assert(fc.property(fill(/^[^{};]{0,6}[{}]?$/), (each) => {
    expect(parseFill(printValue(each))).toEqual(each);
  }));
  const value = fc.oneof(expression, fill(/^[\w/?&. -]{0,6}$/)).filter((each) =>
    // Braces make a fill of a value, and spaces at its ends are not part of it.
    !each.path
      ? each.texts.every((text) => text === text.trim())
      : !printExpression(each).includes("{{")
  );
  const key = fc.stringMatching(/^[\w-]{1,5}(:[\w-]{1,5})?$/);
  fc.assert(fc.property(fc.array(fc.tuple(key, value), { maxLength: 3 }), (each) => {
    expect(parseNamedValues(printNamed(each))).toEqual(each);
  }));
});

test("any text is read, or refused by an ExpressionError that quotes it", () => {
  const bits = fc.constantFrom(
    ...["{{", "}}", "{", "}", "'", "|", ":", ": ", ";", "=", "!", "!=", "../", ".", "@", "a", " "],
    ...["\n", "é", "\u{1F600}", "\ud800", "\0", "constructor"],
  );
  const any = fc.oneof(fc.string({ unit: "binary" }), fc.array(bits).map((all) => all.join("")));
  fc.assert(
    fc.property(any, (text) => {
      for (const parse of [parseExpression, parseFill, parseValue, parseNamedValues]) {
        try {
          parse(text);
        } catch (error) {
          if (!(error instanceof ExpressionError)) throw error;
          if (!textOf(error.problem, ...error.parts).startsWith('Cannot read "')) throw error;
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test("spaces around marks, a hint for the type and doubled quotes are no part of what is read", () => {
  const plain = { path: { up: 0, isLocal: false, names: ["a", "b"] }, isNegated: false };
  expect(parseExpression("  Todo: a.b\n")).toEqual({
    ...plain,
    comparison: undefined,
    formats: [],
  });
  expect(parseExpression("! a.b != it's so | date : 'full; ''long''' | list")).toEqual({
    ...plain,
    isNegated: true,
    comparison: { isEqual: false, to: "it's so" },
    formats: [{ name: "date", argument: "full; 'long'" }, { name: "list", argument: undefined }],
  });
  expect(parseExpression(" Board:../a ").path).toEqual({ up: 1, isLocal: false, names: ["a"] });
  expect(parseExpression(".").path).toEqual({ up: 0, isLocal: false, names: [] });
});

test("a list is split outside of braces and quotes, and by the first colon before a space", () => {
  const list = parseNamedValues(
    "md:flex: a='x; y'; href:\n/i/{{id|n:';'}}?a=1;;title: a: {{.}};",
  );
  expect(list.map(([name, value]) => [name, printValue(value)])).toEqual([
    ["md:flex", "a='x; y'"],
    ["href", "/i/{{id|n:';'}}?a=1"],
    ["title", "a: {{.}}"],
  ]);
});

test("in a fill, one brace more is text, and braces in quotes do not close", () => {
  const { texts, expressions } = parseFill(`{"a":{{{a='}}'}}},{{ b }}}}`);
  expect(texts).toEqual([`{"a":{`, "},", "}}"]);
  expect(expressions.map(printExpression)).toEqual(["a='}}'", "b"]);
});

test.for([
  ["", `Cannot read "": it ends too early; write such as city, done!=yes or due|date:full`],
  ["a b", `Cannot read "a b": "b" is not expected;`],
  ["a.", `Cannot read "a.": "." is not expected;`],
  ["a..b", `Cannot read "a..b": "..b" is not expected;`],
  ["a=", `Cannot read "a=": it ends too early;`],
  ["a='b", `Cannot read "a='b": "'b" is not expected;`],
  ["a&b", `Cannot read "a&b": "&b" is not expected;`],
  ["a|", `Cannot read "a|": "|" is not expected;`],
  ["!!a", `Cannot read "!!a": "!a" is not expected;`],
  ["{{a", `Cannot read "{{a": {{ is not closed;`],
  ["{{a {{b}}", `Cannot read "a {{b": "{{b" is not expected;`],
  ["x {{}}", `Cannot read "": it ends too early;`],
  ["a".repeat(99) + "+", `Cannot read "${"a".repeat(60)}…": "+" is not expected;`],
])("%j is refused by what is wrong with it", ([text, message]) => {
  expect(refusalOf(() => parseValue(text!))).toContain(message);
});

test("an item of a list without a name is refused", () => {
  expect(refusalOf(() => parseNamedValues("a: b; done"))).toContain(
    `Cannot read "done": it has no name and colon before it;`,
  );
});

test("hostile lengths take steps in proportion", () => {
  const hostile: readonly ((size: number) => string)[] = [
    (size) => "{".repeat(size),
    (size) => "}".repeat(size),
    (size) => "{{".repeat(size / 2),
    (size) => "{{a}}".repeat(size / 5),
    (size) => "{{ ".repeat(size / 3),
    (size) => "a='".repeat(size / 3),
    (size) => "a='" + "'".repeat(size),
    (size) => "a: {{b='" + "''".repeat(size / 2),
    (size) => "'{{".repeat(size / 3),
    (size) => "='a'".repeat(size / 4),
    (size) => "= ".repeat(size / 2),
    (size) => `=${" ".repeat(size)}`,
    (size) => "../".repeat(size / 3),
    (size) => "a.".repeat(size / 2) + "a",
    (size) => "a|b:c".repeat(size / 5),
    (size) => "a: b;".repeat(size / 5),
    (size) => ":".repeat(size),
    (size) => ";".repeat(size),
    (size) => `${" ".repeat(size)}a`,
    (size) => `a${" ".repeat(size)}b`,
    (size) => "a: ".repeat(size / 3),
  ];
  for (const make of hostile) {
    for (const parse of [parseExpression, parseFill, parseValue, parseNamedValues]) {
      const text = make(60_000);
      const steps = countSteps(() => {
        try {
          parse(text);
        } catch (error) {
          if (!(error instanceof ExpressionError)) throw error;
        }
      });
      expect(steps, `${parse.name} of ${text.slice(0, 12)}…`).toBeLessThan(12 * 60_000);
    }
  }
});
