import { expect, test } from "vitest";
import { assertEqual } from "../../src/testing/assert.ts";

test("assertEqual of the suite notices what a value has beside what it should have", () => {
  const tagged = { a: 1, [Symbol.toStringTag]: "Tagged" };
  const pairs: [actual: unknown, expected: unknown][] = [
    [Object.assign([1], { x: 1 }), [1]],
    [{ list: [Object.assign([], { x: undefined })] }, { list: [[]] }],
    [new Map([["a", Object.assign([1], { x: 1 })]]), new Map([["a", [1]]])],
    [tagged, { a: 1 }],
    [[, 1], [undefined, 1]],
  ];
  for (const [actual, expected] of pairs) {
    expect(() => assertEqual(actual, expected, "it")).toThrow("Expected it to be");
    expect(() => assertEqual(expected, actual, "it")).toThrow("Expected it to be");
    assertEqual(actual, actual, "it");
    assertEqual(structuredClone(expected), expected, "it");
  }
});
