import { own } from "../shared/own.ts";
import { definitionOf, definitionsOf, type JsonSchema } from "./definitions.ts";
import { namesIn } from "./operations/pointer.ts";
import { findSchema, type SchemaProvider } from "./schemas.ts";

/** Returns the name of the property that tells the items of a list apart, given its JSON Pointer in a state. */
export type KeyOf = (pointer: string) => string | undefined;

const keyword = "x-na:key";

/**
 * Knows by what the items of lists are told apart, where the schemas of their types say so with `x-na:key`. Such a
 * schema is looked up once. An event waits for none: until a schema has come, items are told apart by their `id`.
 */
export class ListKeys {
  readonly #provider: SchemaProvider | undefined;
  readonly #byType = new Map<string, KeyOf | undefined>();

  constructor(provider: SchemaProvider | undefined) {
    this.#provider = provider;
  }

  /** Returns what the schema of a type says of its lists, if it says anything. */
  of(type: string): KeyOf | undefined {
    const provider = this.#provider;
    if (provider && !this.#byType.has(type)) {
      this.#byType.set(type, undefined);
      if (typeof provider === "function") void this.#ask(provider, type);
      else if (Object.hasOwn(provider, type)) this.#byType.set(type, keysIn(provider[type]!));
    }
    return this.#byType.get(type);
  }

  async #ask(provider: SchemaProvider, type: string): Promise<void> {
    try {
      const schema = await findSchema(provider, type);
      this.#byType.set(type, schema && keysIn(schema));
    } catch {
      // A mount shows what is wrong; the next event asks again.
      this.#byType.delete(type);
    }
  }
}

/** Returns what a schema says of its lists, or `undefined` if it names no key. */
export function keysIn(schema: JsonSchema): KeyOf | undefined {
  if (!namesKey(schema)) return undefined;
  return (pointer) => {
    let schemas = collect(schema, schema, new Set());
    for (const name of namesIn(pointer) ?? []) {
      const parts = [...schemas].flatMap((each) => partsOf(each, name));
      schemas = new Set();
      for (const part of parts) collect(part, schema, schemas);
    }
    for (const each of schemas) {
      const key = Object.hasOwn(each, keyword) ? each[keyword] : undefined;
      if (typeof key === "string") return key;
    }
    return undefined;
  };
}

function namesKey(part: unknown): boolean {
  if (Array.isArray(part)) return part.some(namesKey);
  return isSchema(part) && (Object.hasOwn(part, keyword) || Object.values(part).some(namesKey));
}

/** Adds a schema, what it refers to, and those that it is made of, to those found. */
function collect(schema: JsonSchema, root: JsonSchema, found: Set<JsonSchema>): Set<JsonSchema> {
  if (found.has(schema)) return found;
  found.add(schema);
  const { $ref, allOf, anyOf, oneOf } = own(schema);
  const referred = typeof $ref === "string" ? definition($ref, root) : undefined;
  for (const each of [referred, allOf, anyOf, oneOf].flat()) {
    if (isSchema(each)) collect(each, root, found);
  }
  return found;
}

function definition(reference: string, root: JsonSchema): JsonSchema | undefined {
  const prefix = "#/$defs/";
  if (!reference.startsWith(prefix)) return reference === "#" ? root : undefined;
  const [name] = namesIn(reference.slice(prefix.length - 1)) ?? [];
  return name === undefined ? undefined : definitionOf(definitionsOf(root) ?? {}, name);
}

/** Returns the schemas of a property or of an item. */
function partsOf(schema: JsonSchema, name: string): JsonSchema[] {
  const { properties, items, additionalProperties } = own(schema);
  const property = isSchema(properties) && Object.hasOwn(properties, name)
    ? properties[name]
    : additionalProperties;
  return [/^\d+$/.test(name) ? items : undefined, property].filter(isSchema);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
