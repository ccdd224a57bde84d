import { pointerParts } from "../persistence/adapter/json-pointer.ts";
import { own } from "../shared/own.ts";

/** A JSON Schema document, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

// Today's keyword, and that of the drafts before 2019-09.
const keywords: readonly string[] = ["$defs", "definitions"];

/** Returns the definitions of a schema by name, or `undefined` if it has none. */
export function definitionsOf(schema: JsonSchema): JsonSchema | undefined {
  const { $defs } = own(schema);
  return isRecord($defs) ? $defs : undefined;
}

/** Returns the definition of a name. */
export function definitionOf(definitions: JsonSchema, name: string): JsonSchema | undefined {
  const found = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  return isRecord(found) ? found : undefined;
}

/** Returns the names that a schema refers to by `#/$defs/Name`, outside its definitions. */
export function references(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(references);
  if (!isRecord(schema)) return [];
  return Object.entries(schema).flatMap(([name, value]) => {
    if (name === "$defs") return [];
    return name === "$ref" && typeof value === "string" ? referredName(value) : references(value);
  });
}

/** Returns the names that a schema, or any part of it, defines. */
export function definedNames(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(definedNames);
  if (!isRecord(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    return [...isDefinitions(keyword, value) ? Object.keys(value) : [], ...definedNames(value)];
  });
}

/** Returns a copy of a schema in which no part defines any of these names. */
export function withoutDefinitions<Part>(schema: Part, names: ReadonlySet<string>): Part {
  function copy(part: unknown): unknown {
    if (Array.isArray(part)) return part.map(copy);
    if (!isRecord(part)) return part;
    return Object.fromEntries(
      Object.entries(part).map(([keyword, value]) => {
        return [keyword, copy(isDefinitions(keyword, value) ? withoutNames(value) : value)];
      }),
    );
  }

  function withoutNames(definitions: JsonSchema): JsonSchema {
    return Object.fromEntries(Object.entries(definitions).filter(([name]) => !names.has(name)));
  }

  return copy(schema) as Part;
}

function isDefinitions(keyword: string, value: unknown): value is JsonSchema {
  return keywords.includes(keyword) && isRecord(value);
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
