import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeEntry, decodeValue, encodeValue } from "../../../src/persistence/adapter/codec.ts";

const entry = { type: "user", key: 42 };

const storable = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\ud800", "\u2028</script>", NaN, -0, Infinity, undefined, null, true),
    fc.double(),
    fc.bigInt(),
    fc.date(),
    fc.uint8Array(),
    fc.float64Array(),
  ),
  value: fc.oneof(
    { depthSize: "small" },
    tie("leaf"),
    fc.array(tie("value")),
    fc.sparseArray(tie("value"), { maxLength: 20 }),
    fc.dictionary(fc.string().filter((key) => key !== "__proto__"), tie("value"), {
      noNullPrototype: true,
    }),
    fc.array(fc.tuple(tie("value"), tie("value"))).map((pairs) => new Map(pairs)),
    fc.array(tie("value")).map((values) => new Set(values)),
  ),
}));

describe("the codec", () => {
  test("gives back what it was given, with its types", () => {
    fc.assert(fc.property(storable.value, (value) => {
      expect(decodeValue(encodeValue(value), entry)).toStrictEqual(value);
    }));
  });

  test("writes every JSON value as JSON, which other tools can read", () => {
    const documents = fc.jsonValue().map((value) => JSON.stringify(value))
      .filter((text) => !text.includes("__proto__"));
    fc.assert(fc.property(documents, (text) => {
      const value = JSON.parse(text);
      const encoded = encodeValue(value);
      expect(encoded).toEqual({ format: 1, text });
      expect(decodeValue(encoded, entry)).toStrictEqual(value);
    }));
  });

  test("stores an object that a value holds twice once, and gives it back as one object", () => {
    const shared = { text: "x".repeat(1_000) };
    const encoded = encodeValue({ a: shared, b: shared });
    const decoded = decodeValue(encoded, entry) as Record<string, unknown>;
    expect(decoded["a"]).toBe(decoded["b"]);
    expect(encoded.text.length).toBeLessThan(1_200);
  });

  test("names the entry whose text is damaged", () => {
    for (const value of [{ a: [1] }, { a: new Date(0) }]) {
      const { format, text } = encodeValue(value);
      for (const damaged of [text.slice(0, -1), text.slice(1), "", "\0"]) {
        expect(() => decodeValue({ format, text: damaged }, entry)).toThrow(
          "Cannot read user/42: the stored text is damaged",
        );
      }
    }
  });

  test("asks for an update if a text is of a later format", () => {
    expect(() => decodeValue({ format: 3, text: "" }, entry)).toThrow(
      "Cannot read user/42: it is stored in format 3",
    );
  });

  test("names the entry if a part of it is not what an adapter writes", () => {
    const stored = { encodedKey: "a", format: 1, text: "{}", version: "v1" };
    expect(decodeEntry("Note", stored)).toEqual({ key: "a", value: {}, version: "v1" });
    const parts = { format: [null, "1", {}], text: [null, 5, true, {}], version: [null, 1] };
    for (const [part, damaged] of Object.entries(parts)) {
      for (const value of damaged) {
        const read = () => decodeEntry("Note", { ...stored, [part]: value });
        expect(read).toThrow(expect.objectContaining({ name: "UnreadableEntryError", key: "a" }));
      }
    }
    for (const encodedKey of ["!x", "", 5, null]) {
      const error = { name: "UnreadableEntryError", type: "Note", key: undefined };
      expect(() => decodeEntry("Note", { ...stored, encodedKey })).toThrow(
        expect.objectContaining(error),
      );
    }
  });

  test("never makes a prototype of damaged or hostile text", () => {
    const hostile = '[{"__proto__":1},{"polluted":2},true]';
    expect(() => decodeValue({ format: 2, text: hostile }, entry)).toThrow("user/42");
  });

  test.for([
    '{"__proto__":{"polluted":true}}',
    '{"a":[{"__proto__":1}]}',
    '{"\\u005f_proto__":1}',
    '{"__\\u0070roto__":{}}',
  ])(
    "refuses %s, a property that nobody can store and that others would take for a prototype",
    (text) => {
      expect(() => decodeValue({ format: 1, text }, entry)).toThrow(
        expect.objectContaining({
          name: "UnreadableEntryError",
          message:
            "Cannot read user/42: the stored text is damaged; restore the entry or delete it",
        }),
      );
    },
  );

  test("reads texts that only speak of __proto__, or have escapes", () => {
    const value = {
      title: "__proto__",
      text: '"__proto__":',
      odd: "\u0000\u001f",
      at: new Date(0),
    };
    for (const kind of ["json", "rich"] as const) {
      const { at, ...plain } = value;
      const given = kind === "json" ? plain : value;
      expect(decodeValue(encodeValue(given), entry), String(at)).toEqual(given);
    }
  });
});
