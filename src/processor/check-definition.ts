/**
 * What can be wrong with the definition of a handler, and is seen when it is given.
 *
 * @module
 */
import { nameOf } from "../shared/check-options.ts";
import type * as kind from "../shared/kinds.ts";
import { isClass, isNamesObject, membersProblem } from "./check-handlers.ts";
import { eventNames, type Handler } from "./handlers.ts";
import { reserved } from "./reserved.ts";
import { schemaProblem } from "./standard-schema.ts";

/** The kind of what `defineHandler` takes. */
export const definitionKind: kind.Kind = {
  fits: isNamesObject,
  cure: "an object with mount, events and what describes them",
  isRequired: true,
  problem: definitionProblem,
};

/** Returns the part of a definition with this name, if it has one of its own. */
export function partOf(definition: object, name: string): unknown {
  return Object.hasOwn(definition, name)
    ? (definition as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function definitionProblem(given: unknown): string | undefined {
  const definition = given as object;
  return inheritedProblem(definition) ?? membersProblem(definition) ??
    functionProblem(definition) ?? versionProblem(definition) ?? schemasProblem(definition) ??
    internalProblem(definition);
}

function inheritedProblem(definition: object): string | undefined {
  for (const name of reserved) {
    const inherited = Object.getPrototypeOf(definition)?.[name];
    const isRoots = inherited === (Object.prototype as Record<string, unknown>)[name];
    if (inherited !== undefined && !isRoots && !Object.hasOwn(definition, name)) {
      return ` inherits ${name}, and only what is its own describes it; pass a plain object`;
    }
  }
  return undefined;
}

function functionProblem(definition: object): string | undefined {
  for (const name of ["view", "viewKey", "migrate", "refused"]) {
    const part = partOf(definition, name);
    if (part === undefined) continue;
    if (typeof part !== "function" || isClass(part)) {
      return `.${name} is ${
        typeof part === "function" ? "a class" : nameOf(part)
      }; pass a function`;
    }
  }
  if (partOf(definition, "viewKey") !== undefined && partOf(definition, "view") === undefined) {
    return ".viewKey names what viewers share, and there is no view; pass a view, or leave it out";
  }
  return undefined;
}

function versionProblem(definition: object): string | undefined {
  const version = partOf(definition, "version");
  if (version === undefined) {
    return partOf(definition, "migrate") === undefined
      ? undefined
      : ".migrate migrates to a version, and there is none; pass a version";
  }
  return Number.isSafeInteger(version) && (version as number) > 0
    ? undefined
    : `.version is ${nameOf(version)}; pass a whole number from 1 up`;
}

function schemasProblem(definition: object): string | undefined {
  const schemas = partOf(definition, "schemas");
  if (schemas === undefined) return undefined;
  const isOne = schemaProblem(schemas) === undefined;
  if (isOne || !isNamesObject(schemas)) {
    const what = isOne ? "one schema" : nameOf(schemas);
    return `.schemas is ${what}; pass an object with a schema for each event`;
  }
  const events = eventNames(definition as Handler);
  for (const [name, schema] of Object.entries(schemas)) {
    if (schema === undefined) continue;
    const problem = nameProblem(name, { definition, events }) ?? schemaProblem(schema);
    if (problem) return `.schemas.${name}${problem}`;
  }
  return undefined;
}

/** Returns what is wrong with the name of a schema. */
function nameProblem(
  name: string,
  { definition, events }: { readonly definition: object; readonly events: readonly string[] },
): string | undefined {
  if (name === "state") {
    return events.includes("state")
      ? " checks states, and there is an event of that name; rename the event"
      : undefined;
  }
  if (name === "mount") {
    return partOf(definition, "mount") === undefined
      ? " checks what mount gets, and there is no mount; leave it out"
      : undefined;
  }
  return events.includes(name) ? undefined : ` is for no event; ${listOf(events)}`;
}

function internalProblem(definition: object): string | undefined {
  const internal = partOf(definition, "internal");
  if (internal === undefined) return undefined;
  if (!Array.isArray(internal)) {
    return `.internal is ${nameOf(internal)}; pass a list of the names of events`;
  }
  const events = eventNames(definition as Handler);
  const stranger = internal.findIndex((name) => !events.includes(name));
  return stranger < 0
    ? undefined
    : `.internal[${stranger}] is ${nameOf(internal[stranger])}; ${listOf(events)}`;
}

function listOf(events: readonly string[]): string {
  return events.length > 0 ? `the events are ${events.join(", ")}` : "there are no events";
}
