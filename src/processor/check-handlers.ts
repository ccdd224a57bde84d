/**
 * What can be wrong with handlers, and is seen when they are given. Left alone, it fails at some page's event, or
 * never: where `mount` is inherited, `{}` would be stored as the first state, for good.
 *
 * A getter is never called, since one may do anything. What it returns is looked at when its event comes, as ever.
 *
 * @module
 */
import { nameOf } from "../shared/check-options.ts";
import { tagOf } from "../shared/describe.ts";
import { isDefined } from "./handler-parts.ts";
import { isCallable } from "./handlers.ts";
import { isName, maxNameLength } from "./message.ts";
import { reserved } from "./reserved.ts";

/**
 * Returns whether a value is an object of names: a plain one, a module, or an instance of a class of the application.
 */
export function isNamesObject(value: unknown): value is object {
  return typeof value === "object" && ["Object", "Module"].includes(tagOf(value));
}

/** Returns what is wrong with handlers by type, apart from each handler. */
export function handlersProblem(handlers: unknown): string | undefined {
  const inherited = inheritedName(handlers as object, (value) => Object(value) === value);
  if (inherited !== undefined) {
    return ` inherits ${inherited}, and only a handler of its own is a type; pass a plain object`;
  }
  for (const type of Object.getOwnPropertyNames(handlers)) {
    if (!isCallable(handlers as object, type)) continue;
    if (!isName(type)) return `: ${nameProblem("type", type)}`;
    if (type.includes(":")) {
      return `: no stream can name the type ${
        quote(type)
      }, since an instance is written Type:id; ` +
        "leave out the colon";
    }
  }
  return undefined;
}

/** Returns what is wrong with a handler. */
export function handlerProblem(handler: unknown): string | undefined {
  const object = handler as object;
  return (isDefined(object) ? undefined : descriptionProblem(object)) ?? membersProblem(object);
}

/** Returns what is wrong with a plain handler that has what only `defineHandler` understands. */
function descriptionProblem(handler: object): string | undefined {
  for (const name of reserved) {
    const value = Object.getOwnPropertyDescriptor(handler, name)?.value;
    if (!isDescription(name) || value === undefined) continue;
    return typeof value === "function"
      ? `.${name} cannot be an event: the name is reserved for what describes a handler; rename it, ` +
        "or define the handler: defineHandler()({ … })"
      : `.${name} describes a handler, and this one is a plain object; define it: defineHandler()({ … })`;
  }
  return undefined;
}

/** Returns what is wrong with `mount` or an event of a handler. */
export function membersProblem(object: object): string | undefined {
  const inherited = inheritedName(object, (value) => typeof value === "function");
  if (inherited !== undefined) {
    return ` inherits ${inherited}, and only a function of its own is an event; ` +
      `pass a plain object, or make it a field of the class: ${inherited} = (…) => …`;
  }
  for (const name of Object.getOwnPropertyNames(object)) {
    const { value } = Object.getOwnPropertyDescriptor(object, name)!;
    if (!isCallable(object, name) || isDescription(name) || value === undefined) continue;
    const problem = memberProblem(name, value);
    if (problem) return problem;
  }
  return undefined;
}

function memberProblem(name: string, value: unknown): string | undefined {
  if (typeof value !== "function") return `.${shown(name)} is ${nameOf(value)}; ${cureOf(name)}`;
  if (isClass(value)) return `.${shown(name)} is a class; pass a function that returns the state`;
  return isName(name) ? undefined : `: ${nameProblem("event", name)}`;
}

function cureOf(name: string): string {
  return name === "default"
    ? "pass what the module exports by default: import Name from, not import * as Name from"
    : "pass a function, or begin the name with _ if it is no event";
}

function nameProblem(what: string, name: string): string {
  return `no message can name the ${what} ${quote(name)}; ` +
    `use 1 to ${maxNameLength} characters, and none that controls`;
}

/** Returns the first name that an object inherits, other than from `Object.prototype`, with a value that counts. */
function inheritedName(object: object, counts: (value: unknown) => boolean): string | undefined {
  for (let each = Object.getPrototypeOf(object); each && !isRoot(each);) {
    for (const name of Object.getOwnPropertyNames(each)) {
      if (name === "constructor" || !isCallable(each, name) || Object.hasOwn(object, name)) {
        continue;
      }
      if (counts(Object.getOwnPropertyDescriptor(each, name)!.value)) return name;
    }
    each = Object.getPrototypeOf(each);
  }
  return undefined;
}

/** Returns whether an object is the `Object.prototype` of this or another realm. Libraries may have added to it. */
function isRoot(object: object): boolean {
  return Object.getPrototypeOf(object) === null && Object.hasOwn(object, "isPrototypeOf");
}

/** Returns whether a name is that of what describes a handler. */
function isDescription(name: string): boolean {
  return name !== "mount" && reserved.has(name);
}

/** Returns whether a function is a class. */
export function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

function shown(name: string): string {
  return /^[\w$]+$/.test(name) ? name : quote(name);
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
