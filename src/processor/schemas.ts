import { pointerParts } from "../persistence/adapter/json-pointer.ts";
import { own } from "../shared/own.ts";

/** A JSON Schema document, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A source of schemas: an object with a schema for each type, or a function that looks one up. */
export type SchemaProvider =
  | Readonly<Record<string, JsonSchema>>
  | ((type: string) => JsonSchema | undefined | null | Promise<JsonSchema | undefined | null>);

/** Returns the schema of a type, if there is one. */
export async function findSchema(
  provider: SchemaProvider | undefined,
  type: string,
): Promise<JsonSchema | undefined> {
  if (typeof provider === "function") return await provider(type) ?? undefined;
  return provider && Object.hasOwn(provider, type) ? provider[type] : undefined;
}

/** Returns the schemas of a type and of the types that it refers to by `#/$defs/Name`, its own first. */
export async function schemasFor(
  provider: SchemaProvider | undefined,
  type: string,
): Promise<Map<string, JsonSchema>> {
  const found = new Map<string, JsonSchema>();
  const waiting: [type: string, definitions: JsonSchema][] = [[type, {}]];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, definitions] = next;
    if (found.has(name)) continue;
    const schema = await findSchema(provider, name) ?? definitionOf(definitions, name);
    if (!schema) continue;
    found.set(name, schema);
    const { $defs } = own(schema);
    const inner = isRecord($defs) ? $defs : definitions;
    for (const reference of references(schema)) waiting.push([reference, inner]);
  }
  return found;
}

function definitionOf(definitions: JsonSchema, name: string): JsonSchema | undefined {
  const found = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  return isRecord(found) ? found : undefined;
}

function references(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(references);
  if (!isRecord(schema)) return [];
  return Object.entries(schema).flatMap(([name, value]) => {
    if (name === "$defs") return [];
    return name === "$ref" && typeof value === "string" ? referredName(value) : references(value);
  });
}

/** Returns the name of the definition that a URI refers to; none if it refers to anything else, or is not a URI. */
function referredName(uri: string): string[] {
  try {
    const [root, keyword, name, ...rest] = pointerParts(uri);
    const isDefinition = root === "#" && keyword === "$defs" && rest.length === 0;
    return isDefinition && name !== undefined ? [name] : [];
  } catch {
    return [];
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
