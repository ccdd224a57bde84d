import { checkOptions } from "../shared/check-options.ts";
import { definitionKind, partOf } from "./check-definition.ts";
import type { DefineHandler, HandlerTypes } from "./handler-definition.ts";
import { type HandlerParts, setParts } from "./handler-parts.ts";
import { checkOf } from "./schema-check.ts";
import type { StandardSchema } from "./standard-schema.ts";

/**
 * Returns a function that makes a handler of its definition: `mount`, events, and what describes them: `schemas`,
 * `view`, `viewKey`, `version`, `migrate`, `refused` and `internal`, which are no events then. The types of payloads
 * and states follow from the definition; those of `context.user` and `context.env` are the type argument. The first
 * call is for that alone, so it takes nothing.
 *
 * @throws {TypeError} that names what is wrong with a definition
 *
 * @example A payload that its schema has checked
 * ```ts
 * import { createProcessor, defineHandler, MemoryStore } from "rian";
 * import { jsonSchema } from "rian/json-schema";
 *
 * const Counter = defineHandler<{ user: { id: string } | undefined }>()({
 *   mount: () => ({ count: 0, last: "nobody" }),
 *   schemas: {
 *     // Or a schema of zod, valibot or arktype: z.object({ by: z.number() })
 *     add: jsonSchema<{ by: number }>({ properties: { by: { type: "number" } }, required: ["by"] }),
 *   },
 *   add: ({ by }, { count }, { user }) => ({ count: count + by, last: user?.id ?? "nobody" }),
 * });
 *
 * const process = createProcessor({ Counter }, new MemoryStore());
 * const add = { type: "Counter", instance: "visits", event: "add" } as const;
 * const [added] = await process({ ...add, payload: { by: 2 } });
 * if (added?.action !== "bindUpdate" || added.value !== 2) throw new Error("expected 2");
 * ```
 */
export function defineHandler<Types extends HandlerTypes = HandlerTypes>(): DefineHandler<Types> {
  if (arguments.length > 0) {
    throw new TypeError(
      "Cannot define a handler: the definition belongs in a second call, since the first is for types alone; " +
        "write defineHandler()({ … })",
    );
  }
  return ((definition: object) => {
    checkOptions("define a handler", { definition }, { definition: definitionKind });
    setParts(definition, readParts(definition));
    return definition;
  }) as unknown as DefineHandler<Types>;
}

function readParts(definition: object): HandlerParts {
  function bound<Part>(name: string): Part | undefined {
    const part = partOf(definition, name);
    return typeof part === "function" ? part.bind(definition) : undefined;
  }

  const schemas: [string, StandardSchema | undefined][] = Object.entries(
    partOf(definition, "schemas") ?? {},
  );
  return {
    checks: new Map(schemas.flatMap(([name, schema]) => schema ? [[name, checkOf(schema)]] : [])),
    internal: new Set(partOf(definition, "internal") as readonly string[] | undefined),
    view: bound("view"),
    viewKey: bound("viewKey"),
    version: partOf(definition, "version") as number | undefined,
    migrate: bound("migrate"),
    refused: bound("refused"),
  };
}
