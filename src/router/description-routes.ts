import type { Context, Env } from "hono";
import { findHandler, typeNames } from "../processor/handlers.ts";
import { publicEvents } from "../processor/internal.ts";
import { NascError, type SchemaProvider } from "../processor/mod.ts";
import { assertPermitted } from "../processor/permission.ts";
import { findSchema, visiblePart } from "../processor/schemas.ts";
import { askAuthorize, maySeeSchema } from "./authorize.ts";
import { jsonResponse } from "./json.ts";
import type { NascOptions } from "./options.ts";

/** Serves `GET /schema`: the types that have a schema and that this request may see. */
export function schemasRoute<E extends Env>(
  options: NascOptions<E>,
): (context: Context<E>) => Promise<Response> {
  return async (context) => {
    const types: string[] = [];
    for (const type of await visible(context, options, schemaTypes(options))) {
      if (await findSchema(options.schemaProvider, type)) types.push(type);
    }
    return jsonResponse(context, JSON.stringify({ types }));
  };
}

/** Serves `GET /schema/:type`: the JSON Schema of a type. */
export function schemaRoute<E extends Env>(
  options: NascOptions<E>,
): (context: Context<E>) => Promise<Response> {
  return async (context) => {
    const type = context.req.param("type") ?? "";
    assertPermitted(
      await askAuthorize(context, options, { type, id: undefined, event: "schema" }),
    );
    const schema = await findSchema(options.schemaProvider, type);
    if (!schema) throw new NascError("not-found", "There is no schema for this type");
    const shown = await visiblePart(schema, {
      ...options,
      maySeeSchema: (type) => maySeeSchema(context, options, type),
    });
    return jsonResponse(context, JSON.stringify(shown));
  };
}

/** Serves `GET /manifest`: the types that this request may see, with their events. */
export function manifestRoute<E extends Env>(
  options: NascOptions<E>,
): (context: Context<E>) => Promise<Response> {
  const { handlers } = options;
  return async (context) => {
    const types = await visible(context, options, typeNames(handlers));
    const manifest = Object.fromEntries(types.map((type) => {
      const handler = findHandler(handlers, type);
      return [type, {
        events: publicEvents(handler).sort(),
        hasMount: Object.hasOwn(handler, "mount"),
      }];
    }));
    return jsonResponse(context, JSON.stringify(manifest));
  };
}

async function visible<E extends Env>(
  context: Context<E>,
  options: NascOptions<E>,
  types: readonly string[],
): Promise<string[]> {
  const allowed = await Promise.all(
    types.map((type) => maySeeSchema(context, options, type)),
  );
  return types.filter((_type, index) => allowed[index]);
}

function schemaTypes<E extends Env>({ handlers, schemaProvider }: NascOptions<E>): string[] {
  return isMap(schemaProvider) ? Object.keys(schemaProvider) : typeNames(handlers);
}

function isMap(
  provider: SchemaProvider | undefined,
): provider is Exclude<SchemaProvider, () => unknown> {
  return typeof provider === "object";
}
