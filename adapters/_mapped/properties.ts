/**
 * What JSON Schema says of the properties of a type: https://json-schema.org/draft/2020-12/json-schema-core
 *
 * @module
 */
import { pointerParts } from "../../src/persistence/adapter/json-pointer.ts";
import { own } from "../../src/shared/own.ts";

/** A JSON Schema whose `$defs` describe the types. */
export interface MappedSchema {
  /** What the documents of each type look like. */
  readonly $defs?: Readonly<Record<string, unknown>>;
}

/** What a column gives back exactly; `"any"` are strings and numbers. */
export type ColumnKind = "any" | "text" | "real" | "integer" | "boolean";

/** A property, as far as its schema tells where it can be kept. */
export interface Property {
  /** What a column has to give back, if it is of one scalar type. */
  readonly kind: ColumnKind | undefined;
  /** The name of the definition that its items refer to, if it is an array of such. */
  readonly items: string | undefined;
}

type Keywords = Readonly<Record<string, unknown>>;

const kinds: Readonly<Record<string, ColumnKind>> = {
  string: "text",
  number: "real",
  integer: "integer",
  boolean: "boolean",
};

/**
 * The properties of a type, in the order of the schema.
 *
 * @throws {TypeError} when the schema does not have the type, or is none.
 */
export function propertiesOf({ $defs }: MappedSchema, type: string): Map<string, Property> {
  const path = `$defs.${type}`;
  if (!$defs || !Object.hasOwn($defs, type)) {
    throw new TypeError(
      `Cannot map the type ${type}: the schema has no ${path}; describe it there or leave it out of ` +
        "the mapping",
    );
  }
  const { properties = {} } = keywordsOf($defs[type], { type, path });
  return new Map(
    Object.entries(keywordsOf(properties, { type, path: `${path}.properties` })).map(
      ([name, property]) => {
        const place = { type, path: `${path}.properties.${name}` };
        const keywords = keywordsOf(property, place);
        return [name, { kind: kindOf(keywords), items: itemsOf(keywords, place) }];
      },
    ),
  );
}

interface Place {
  readonly type: string;
  readonly path: string;
}

/** Of the schemas without keywords, `true` allows everything and `false` nothing: neither says where it could be. */
function keywordsOf(schema: unknown, { type, path }: Place): Keywords {
  if (typeof schema === "boolean") return {};
  if (typeof schema === "object" && schema !== null && !Array.isArray(schema)) {
    return own(schema) as Keywords;
  }
  throw new TypeError(
    `Cannot map the type ${type}: ${path} is ${describe(schema)}; use an object, true or false`,
  );
}

function describe(schema: unknown): string {
  if (Array.isArray(schema)) return "an array";
  return typeof schema === "object" ? "null" : `of type ${typeof schema}`;
}

function kindOf(property: Keywords): ColumnKind | undefined {
  const name = Object.keys(kinds).find((each) => hasType(property, each));
  return name === undefined ? undefined : kinds[name];
}

function itemsOf(property: Keywords, place: Place): string | undefined {
  if (!hasType(property, "array")) return undefined;
  const { $ref } = own(Object(property["items"])) as { readonly $ref?: unknown };
  return typeof $ref === "string" ? definitionOf($ref, place) : undefined;
}

/** The last part of a JSON Pointer. */
function definitionOf($ref: string, { type, path }: Place): string {
  try {
    return pointerParts($ref).at(-1) ?? "";
  } catch (cause) {
    const reference = JSON.stringify($ref);
    throw new TypeError(
      `Cannot map the type ${type}: ${path}.items.$ref is ${reference}, which is no URI; ` +
        "write % as %25",
      { cause },
    );
  }
}

/** Whether a property may be of this type, alone or with null. */
function hasType({ type }: Keywords, wanted: string): boolean {
  const types = [type].flat().filter((each) => each !== "null");
  return types.length === 1 && types[0] === wanted;
}
