import { describe, expect, test } from "vitest";
import { jsonSchema } from "rian/json-schema";
import {
  createProcessor,
  defineHandler,
  type JsonSchema,
  MemoryStore,
  type Patch,
} from "../../mod.ts";

const line: JsonSchema = {
  type: "object",
  properties: {
    title: { type: "string", minLength: 1 },
    amount: { type: "integer", minimum: 1 },
  },
  required: ["title"],
  additionalProperties: false,
};
const order: JsonSchema = {
  type: "object",
  properties: { lines: { type: "array", items: { $ref: "#/$defs/Line" }, maxItems: 3 } },
  required: ["lines"],
  $defs: { Line: line },
};

/** Sends a payload that this schema checks, and returns the patches and what is stored. */
async function send(
  schema: JsonSchema | boolean,
  payload: unknown,
): Promise<[Patch | undefined, object | null]> {
  const Order = defineHandler()({
    mount: () => ({ sent: null as unknown }),
    schemas: { place: jsonSchema(schema) },
    place: (sent) => ({ sent }),
  });
  const errors: unknown[] = [];
  const store = new MemoryStore();
  const process = createProcessor({ Order }, store, { onError: (error) => errors.push(error) });
  const [patch] = await process({ type: "Order", instance: "a", event: "place", payload });
  expect(errors).toEqual([]);
  return [patch, await store.load("Order", "a")];
}

describe("a payload that fits its JSON Schema", () => {
  test.for<[what: string, schema: JsonSchema | boolean, payload: unknown]>([
    ["of objects in a list", order, { lines: [{ title: "Tea", amount: 2 }, { title: "Cup" }] }],
    ["of anything", true, [1, "two", null]],
    ["of draft 4", {
      $schema: "http://json-schema.org/draft-04/schema#",
      type: "number",
      minimum: 1,
      exclusiveMinimum: true,
    }, 2],
    ["of draft 7, whose items may be a list", {
      $schema: "http://json-schema.org/draft-07/schema#",
      items: [{ type: "string" }],
      additionalItems: false,
    }, ["one"]],
    ["of 2020-12", { prefixItems: [{ type: "string" }], items: false }, ["one"]],
    ["with a property that has no value", { properties: { a: { type: "string" } } }, {
      a: undefined,
    }],
    ["with a date, which is text in JSON", { properties: { at: { format: "date-time" } } }, {
      at: new Date(0),
    }],
  ])("%s reaches the handler as it is", async ([, schema, payload]) => {
    expect(await send(schema, payload)).toEqual([expect.objectContaining({ prop: "sent" }), {
      sent: payload,
    }]);
  });
});

describe("a payload that does not fit its JSON Schema is refused by field:", () => {
  test.for<[what: string, schema: JsonSchema | boolean, payload: unknown, fields: object]>([
    ["what is missing", order, {}, { lines: "This is required" }],
    ["what is missing in a list", order, { lines: [{}] }, { "lines.0.title": "This is required" }],
    ["several at once", order, { lines: [{ title: "" }, { title: "Cup", amount: 0.5 }] }, {
      "lines.0.title": "String is too short (0 < 1).",
      "lines.1.amount": 'Instance type "number" is invalid. Expected "integer".',
    }],
    ["what is too much", order, { lines: [{ title: "Tea", price: 1 }] }, {
      "lines.0.price": "This is not expected",
    }],
    ["a list", order, { lines: [1, 2, 3, 4].map((n) => ({ title: `${n}` })) }, {
      lines: "Array has too many items (4 > 3).",
    }],
    [
      "a choice, by what it is and not by what it might be",
      {
        properties: { n: { anyOf: [{ type: "number" }, { type: "string", minLength: 3 }] } },
      },
      { n: "a" },
      { n: "Instance does not match any subschemas." },
    ],
    [
      "names with the signs of a path",
      {
        properties: { "a/b~c%41 d": { type: "string" } },
        required: ['say "so".'],
      },
      { "a/b~c%41 d": 1 },
      {
        "a/b~c%41 d": 'Instance type "number" is invalid. Expected "string".',
        'say "so".': "This is required",
      },
    ],
    [
      "draft 4's exclusive minimum",
      {
        $schema: "http://json-schema.org/draft-04/schema#",
        properties: { n: { minimum: 1, exclusiveMinimum: true } },
      },
      { n: 1 },
      { n: expect.stringContaining("less than") },
    ],
    [
      "the items after draft 7's list",
      {
        $schema: "http://json-schema.org/draft-07/schema#",
        items: [{ type: "string" }],
        additionalItems: false,
      },
      ["one", "two"],
      { "1": "This is not expected" },
    ],
  ])("%s", async ([, schema, payload, fields]) => {
    const [patch, stored] = await send(schema, payload);
    expect(patch).toMatchObject({ action: "error", code: "invalid" });
    expect(patch).toHaveProperty("fields", fields);
    expect(stored).toBeNull();
  });

  test("the payload as a whole, by its message", async () => {
    const [patch] = await send({ type: "string" }, 5);
    expect(patch).toMatchObject({
      code: "invalid",
      message: 'Instance type "number" is invalid. Expected "string".',
    });
    expect(await send(false, {})).toMatchObject([{ message: "This is not expected" }, null]);
  });
});

test("a schema is not changed, and may be frozen", () => {
  const frozen = Object.freeze({
    properties: Object.freeze({ self: Object.freeze({ $ref: "#" }) }),
  });
  const { validate } = jsonSchema(frozen)["~standard"];
  expect(validate({ self: { self: {} } })).toEqual({ value: { self: { self: {} } } });
  expect(Object.getOwnPropertyNames(frozen.properties.self)).toEqual(["$ref"]);
});

test.for([null, undefined, "object", 5, [], () => {}])("%o is no JSON Schema", (given) => {
  expect(() => jsonSchema(given as never)).toThrow(
    /^Cannot read a JSON Schema: it is .*; pass an obj/,
  );
});

test("a schema that refers to what is nowhere is an error of the server", async () => {
  const Order = defineHandler()({
    schemas: { place: jsonSchema({ $ref: "#/$defs/None" }) },
    place: () => ({}),
  });
  const errors: unknown[] = [];
  const process = createProcessor({ Order }, new MemoryStore(), { onError: (e) => errors.push(e) });
  const [patch] = await process({ type: "Order", instance: "a", event: "place", payload: {} });
  expect(patch).toMatchObject({ code: "internal" });
  expect(errors).toMatchObject([{
    cause: { message: expect.stringContaining("Unresolved $ref") },
  }]);
});
