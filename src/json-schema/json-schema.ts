import { type OutputUnit, type Schema, type SchemaDraft, Validator } from "@cfworker/json-schema";
import { pointerParts } from "../persistence/adapter/json-pointer.ts";
import { isJsonTree } from "../persistence/adapter/json-tree.ts";
import type { JsonSchema } from "../processor/definitions.ts";
import type { StandardIssue, StandardSchema } from "../processor/standard-schema.ts";
import { nameOf } from "../shared/check-options.ts";
import { record } from "../shared/kinds.ts";

/** What only says that a part is wrong, which the errors of the part say better. */
const outer: ReadonlySet<string> = new Set([
  "$ref",
  "$recursiveRef",
  "additionalItems",
  "additionalProperties",
  "allOf",
  "if",
  "items",
  "patternProperties",
  "prefixItems",
  "properties",
  "unevaluatedItems",
  "unevaluatedProperties",
]);

/** No stored value is deeper. */
const maxDepth = 500;

const drafts: readonly (readonly [uri: RegExp, draft: SchemaDraft])[] = [
  [/draft-0?4\b/, "4"],
  [/draft-0?[67]\b/, "7"],
  [/2019-09/, "2019-09"],
];

/**
 * Returns a JSON Schema as a schema for `defineHandler`. It is checked by `@cfworker/json-schema`, which needs no `eval`,
 * so it runs in Workers; install it beside Rian. `$schema` says which draft it is: 4, 7, 2019-09 or, by default,
 * 2020-12. A payload is checked and left as it is: `default` sets nothing. What the compiler is to take for the payload
 * is the type argument.
 *
 * @throws {TypeError} if it is no JSON Schema
 *
 * @example Refuse a payload without a title
 * ```ts
 * import { createProcessor, defineHandler, MemoryStore } from "rian";
 * import { jsonSchema } from "rian/json-schema";
 *
 * const List = defineHandler()({
 *   mount: () => ({ titles: [] as string[] }),
 *   schemas: {
 *     add: jsonSchema<{ title: string }>({
 *       type: "object",
 *       properties: { title: { type: "string", minLength: 1 } },
 *       required: ["title"],
 *     }),
 *   },
 *   add: ({ title }, list) => ({ titles: [...list.titles, title] }),
 * });
 * const process = createProcessor({ List }, new MemoryStore());
 * const message = { type: "List", instance: "a", event: "add" } as const;
 * const [patch] = await process({ ...message, payload: { title: "" } });
 * if (patch?.action !== "error" || !patch.fields?.title) throw new Error("expected a refusal");
 * ```
 */
export function jsonSchema<Payload = unknown>(
  schema: JsonSchema | boolean,
): StandardSchema<Payload> {
  if (typeof schema !== "boolean" && !record.fits(schema)) {
    throw new TypeError(
      `Cannot read a JSON Schema: it is ${nameOf(schema)}; pass an object, or true or false`,
    );
  }
  // The validator writes notes into the schema.
  const validator = new Validator(structuredClone(schema) as Schema, draftOf(schema), false);
  return {
    "~standard": {
      version: 1,
      vendor: "rian",
      validate(value) {
        const issues = issuesOf(validator, value);
        return issues.length > 0 ? { issues } : { value: value as Payload };
      },
    },
  };
}

function draftOf(schema: JsonSchema | boolean): SchemaDraft {
  const uri = typeof schema === "object" ? String(schema["$schema"]) : "";
  return drafts.find(([pattern]) => pattern.test(uri))?.[1] ?? "2020-12";
}

function issuesOf(validator: Validator, value: unknown): StandardIssue[] {
  const json = asJson(value);
  if (json === undefined) return [{ message: "This is required" }];
  const { valid, errors } = validator.validate(json);
  if (valid) return [];
  const inner = errors.filter(({ keyword }) => !outer.has(keyword));
  return (inner.length > 0 ? inner : errors).map(issueOf);
}

/** Returns a value as JSON has it: the validator throws at what no JSON can hold, such as a property without a value. */
function asJson(value: unknown): unknown {
  if (value === undefined || isJsonTree(value, maxDepth)) return value;
  return JSON.parse(
    JSON.stringify(value, (_name, inner) => typeof inner === "bigint" ? Number(inner) : inner),
  );
}

function issueOf({ keyword, instanceLocation, error }: OutputUnit): StandardIssue {
  const path = pointerParts(instanceLocation).slice(1);
  if (keyword === "false") return { message: "This is not expected", path };
  if (keyword !== "required") return { message: error, path };
  const name = /"(.*)"\.$/s.exec(error)?.[1];
  return { message: "This is required", path: name === undefined ? path : [...path, name] };
}
