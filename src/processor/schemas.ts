import {
  definedNames,
  definitionOf,
  definitionsOf,
  type JsonSchema,
  references,
  withoutDefinitions,
} from "./definitions.ts";
import type { Handlers } from "./handlers.ts";

/** A source of schemas: an object with a schema for each type, or a function that looks one up. */
export type SchemaProvider =
  | Readonly<Record<string, JsonSchema>>
  | ((type: string) => JsonSchema | undefined | null | Promise<JsonSchema | undefined | null>);

/** Where schemas come from, and who may see which. */
export interface SchemaOptions {
  readonly handlers: Handlers;
  readonly schemaProvider?: SchemaProvider | undefined;
  /** Returns whether the schema of a type may be shown. Default: all may. */
  readonly maySeeSchema?: ((type: string) => boolean | Promise<boolean>) | undefined;
}

/** Returns the schema of a type, if there is one. */
export async function findSchema(
  provider: SchemaProvider | undefined,
  type: string,
): Promise<JsonSchema | undefined> {
  if (typeof provider === "function") return await provider(type) ?? undefined;
  return provider && Object.hasOwn(provider, type) ? provider[type] : undefined;
}

/**
 * Returns the schemas of a type and of the types that it refers to by `#/$defs/Name`, its own first. Those that may not
 * be shown are left out, and so are their definitions in the others.
 */
export async function schemasFor(
  type: string,
  options: SchemaOptions,
): Promise<Map<string, JsonSchema>> {
  const found = new Map<string, JsonSchema>();
  const waiting: [type: string, definitions: JsonSchema][] = [[type, {}]];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, definitions] = next;
    if (found.has(name)) continue;
    const schema = await findSchema(options.schemaProvider, name) ??
      definitionOf(definitions, name);
    if (!schema || !await isVisible(name, options)) continue;
    const shown = await visiblePart(schema, options);
    found.set(name, shown);
    const inner = definitionsOf(shown) ?? definitions;
    for (const reference of references(shown)) waiting.push([reference, inner]);
  }
  return found;
}

/** Returns a schema without the definitions of types whose schemas may not be shown. */
export async function visiblePart(
  schema: JsonSchema,
  options: SchemaOptions,
): Promise<JsonSchema> {
  if (!options.maySeeSchema) return schema;
  const hidden = new Set<string>();
  for (const name of new Set(definedNames(schema))) {
    if (!await isVisible(name, options)) hidden.add(name);
  }
  return hidden.size > 0 ? withoutDefinitions(schema, hidden) : schema;
}

/** Returns whether a definition may be shown. One that is no type of its own is part of the schema that it is in. */
async function isVisible(name: string, options: SchemaOptions): Promise<boolean> {
  const { handlers, schemaProvider, maySeeSchema } = options;
  if (!maySeeSchema) return true;
  const isType = Object.hasOwn(handlers, name) ||
    await findSchema(schemaProvider, name) !== undefined;
  return !isType || await maySeeSchema(name) === true;
}
