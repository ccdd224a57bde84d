import { describe, expect, test } from "vitest";
import { encodeValue } from "../../../src/persistence/adapter/codec.ts";
import { assertStorable, valueKind } from "../../../src/persistence/adapter/value.ts";

/** What no platform can store, and what errors call it. */
const everywhere: readonly (readonly [name: string, value: unknown])[] = [
  ["an instance of Blob", new Blob(["a"])],
  ["an instance of File", new File(["a"], "a.txt")],
  ["an instance of Promise", Promise.resolve(1)],
  ["an instance of WeakMap", new WeakMap()],
  ["an instance of WeakSet", new WeakSet()],
  ["an instance of WeakRef", new WeakRef({})],
  ["an instance of RegExp", /a/],
  ["an instance of TypeError", new TypeError("a")],
  ["an instance of DOMException", new DOMException("a")],
  ["an instance of URL", new URL("https://example.com/")],
  ["an instance of URLSearchParams", new URLSearchParams("a=b")],
  ["an instance of Headers", new Headers()],
  ["an instance of Request", new Request("https://example.com/")],
  ["an instance of Response", new Response("a")],
  ["an instance of FormData", new FormData()],
  ["an instance of AbortController", new AbortController()],
  ["an instance of AbortSignal", new AbortController().signal],
  ["an instance of ReadableStream", new ReadableStream()],
  ["an instance of EventTarget", new EventTarget()],
  ["an instance of Event", new Event("a")],
  ["an instance of DataView", new DataView(new ArrayBuffer(1))],
  ["an instance of Money", new (class Money {})()],
  ["an instance of Price", Object.assign(new (class Price {})(), { constructor: 5 })],
  ["an instance of Tagged", Object.assign(new (class Tagged {})(), { [Symbol("tag")]: 1 })],
  [
    "an instance of a class",
    new (class {
      static name = "";
    })(),
  ],
  ["a function", () => {}],
  ["a function", async () => {}],
  ["a function", class {}],
  ["a symbol", Symbol("a")],
];

/** Tests that what cannot be stored is refused as what it is, on one platform. */
export function testUnstorable(
  more: () => readonly (readonly [name: string, value: unknown])[] = () => [],
): void {
  describe("what cannot be stored is refused as what it is", () => {
    test.for([...everywhere, ...more()].map(([name, value]) => ({ name, value })))(
      "$name",
      ({ name, value }) => {
        for (
          const [path, whole] of [
            ["it", value],
            ["at.photo", { at: { photo: value } }],
            ["[1]", [1, value]],
            ["[0]", new Set([value])],
          ] as const
        ) {
          const problem = `Cannot store Note/1: ${path} is ${name}; store plain data`;
          expect(() => assertStorable(whole, "Note/1")).toThrow(new TypeError(problem));
          expect(() => encodeValue(whole, valueKind(whole, "Note/1"))).toThrow(problem);
        }
      },
    );
  });
}
