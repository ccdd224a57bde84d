import { expect, test } from "vitest";
import { stateTag } from "../../src/processor/state-tag.ts";

// The hash of these texts by bryc's cyrb53, in base 36: any other implementation has to agree.
test.each([
  ["an empty state", {}, "{}"],
  ["properties in any order", { b: 1, a: [true, null, "ä"] }, '{"a":[true,null,"ä"],"b":1}'],
  [
    "names by their UTF-16 code units",
    { "😀": 1, "\ufb33": 2, "1": 3 },
    '{"1":3,"😀":1,"\ufb33":2}',
  ],
  [
    "numbers as ECMAScript writes them",
    { n: [1e21, 0.000001, -0, 1e-7] },
    '{"n":[1e+21,0.000001,0,1e-7]}',
  ],
  ["a property that is undefined", { a: undefined, b: 1 }, '{"b":1}'],
])("the tag of %s is that of its canonical JSON", (_name, state, canonical) => {
  expect(stateTag(state)).toBe(cyrb53(canonical).toString(36));
});

test("known tags stay as they are, since pages and servers of two versions compare them", () => {
  expect(stateTag({})).toBe("24xpth6jso7");
  expect(stateTag({ items: [{ id: "a", title: "Milk", done: false }] })).toBe("qjax33ezis");
});

/** Written as published, apart from the source. */
function cyrb53(text: string): number {
  let h1 = 0xdeadbeef, h2 = 0x41c6ce57;
  for (const unit of Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))) {
    h1 = Math.imul(h1 ^ unit, 2654435761);
    h2 = Math.imul(h2 ^ unit, 1597334677);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507);
  h1 ^= Math.imul(h2 ^ (h2 >>> 13), 3266489909);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507);
  h2 ^= Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  return 4294967296 * (2097151 & h2) + (h1 >>> 0);
}
