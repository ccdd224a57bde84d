/**
 * What can be stored: plain data whose types every backend gives back.
 *
 * @module
 */
import { builtInType, isPlainArray, isPlainObject } from "./plain.ts";
import { isJsonTree } from "./json-tree.ts";

/** How deep a stored value may be nested. Up to this depth, recursive code anywhere on its way is safe. */
export const maxDepth = 500;

/**
 * How a value has to be encoded: `"json"` is a tree of plain JSON, which `JSON.stringify` keeps exactly;
 * `"rich"` holds something that JSON would change (a Date, `undefined`, `NaN`, a shared reference…).
 */
export type ValueKind = "json" | "rich";

const typedArrays: ReadonlySet<string> = new Set([
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
]);

const otherTypes: ReadonlySet<string> = new Set(["Map", "Set", "Date", "ArrayBuffer"]);

/**
 * Refuses a value that some backend would lose or change. Plain objects, arrays, strings, numbers, booleans, `null`,
 * `undefined`, bigints, Date, Map, Set, ArrayBuffer and typed arrays can be stored, nested up to 500 levels; an object
 * may appear in several places, but not inside itself.
 *
 * @param name What the error calls the value, such as `"user/42"`.
 * @throws {TypeError} naming the path of the first part that cannot be stored.
 *
 * @example A function is found before anything is written
 * ```ts
 * import { assertStorable } from "rian/adapter";
 *
 * try {
 *   assertStorable({ items: [{ done: () => true }] }, "TodoList/my-list");
 * } catch (error) {
 *   console.log((error as Error).message);
 *   // Cannot store TodoList/my-list: items[0].done is a function; store plain data
 * }
 * ```
 */
export function assertStorable(value: unknown, name?: string): void {
  valueKind(value, name);
}

/** Values of which it is known that they are trees of plain JSON, while a call goes by that. */
const trusted = new WeakSet<object>();

/**
 * Makes a call that need not look again at values which were found to be trees of plain JSON. Only the call itself goes by
 * that, not what it leaves for later: nobody can have changed the values by then.
 */
export function trusting<Result>(values: readonly object[], call: () => Result): Result {
  for (const value of values) trusted.add(value);
  try {
    return call();
  } finally {
    for (const value of values) trusted.delete(value);
  }
}

/**
 * Returns how a value has to be encoded.
 *
 * @throws {TypeError} as {@link assertStorable} does.
 */
export function valueKind(value: unknown, name: string = "the value"): ValueKind {
  if (trusted.has(value as object) || isJsonTree(value, maxDepth)) return "json";
  new Walk(name).visit(value);
  return "rich";
}

const inside = -1;

/** Visits the parts of a value, depth first, and refuses what cannot be stored. */
class Walk {
  readonly #name: string;
  readonly #path: (string | number)[] = [];
  /** The height of each object that the walk has left, or {@link inside} while it is inside. */
  readonly #heights: Map<object, number> = new Map();

  constructor(name: string) {
    this.#name = name;
  }

  /** Returns how many levels a value has, itself included. */
  visit(value: unknown): number {
    if (typeof value === "object" && value !== null) return this.#visitObject(value);
    if (typeof value === "function" || typeof value === "symbol") {
      this.#refuse(`is a ${typeof value}`);
    }
    return 0;
  }

  #visitObject(value: object): number {
    const known = this.#heights.get(value);
    if (known === inside) this.#refuse("contains itself");
    this.#assertDepth(known ?? 1);
    if (known !== undefined) return known;
    this.#heights.set(value, inside);
    const height = 1 + this.#visitParts(value);
    this.#heights.set(value, height);
    return height;
  }

  #visitParts(value: object): number {
    if (isPlainArray(value) || isPlainObject(value)) return this.#visitPlain(value);
    const type = builtInType(value) ?? "";
    // The keys of a typed array are all of its elements.
    if (typedArrays.has(type)) return this.#visitView(value as ArrayBufferView);
    if (!otherTypes.has(type)) this.#refuseInstance(value);
    this.#refuseSymbols(value);
    const [key] = Object.keys(value);
    if (key !== undefined) this.#refuseKey(key);
    if (type === "Map") return this.#visitElements([...(value as Map<unknown, unknown>)].flat());
    if (type === "Set") return this.#visitElements([...(value as Set<unknown>)]);
    return 0;
  }

  #visitPlain(value: object): number {
    this.#refuseSymbols(value);
    const keys = Object.keys(value);
    if (Array.isArray(value)) {
      const last = keys.at(-1);
      // Indices come first, in ascending order; between them may be holes, even billions.
      if (last !== undefined && !isIndex(last, value.length)) this.#refuseKey(last);
      return this.#visitAll(keys.map(Number), value);
    }
    if (keys.includes("__proto__")) this.#refuseKey("__proto__");
    return this.#visitAll(keys, value);
  }

  #visitElements(values: readonly unknown[]): number {
    return this.#visitAll(values.keys(), values);
  }

  #visitAll(steps: Iterable<string | number>, parts: object): number {
    let height = 0;
    for (const step of steps) {
      height = Math.max(height, this.#visitAt(step, (parts as Record<string, unknown>)[step]));
    }
    return height;
  }

  #visitView(view: ArrayBufferView): number {
    this.#refuseSymbols(view);
    return builtInType(view.buffer) === "ArrayBuffer" ? 0 : this.#refuseInstance(view.buffer);
  }

  #visitAt(step: string | number, value: unknown): number {
    // Most parts are these, and nothing can be wrong with them.
    if (typeof value === "string" || typeof value === "boolean" || value === null) return 0;
    this.#path.push(step);
    const height = this.visit(value);
    this.#path.pop();
    return height;
  }

  #assertDepth(height: number): void {
    if (this.#path.length + height <= maxDepth) return;
    throw new TypeError(
      `Cannot store ${this.#name}: it is nested more than ${maxDepth} levels deep; flatten it`,
    );
  }

  #refuseInstance(value: object): never {
    // An object's own `constructor` may be anything, such as a field of a form.
    const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
    return this.#refuse(`is an instance of ${typeof name === "string" && name || "a class"}`);
  }

  #refuseSymbols(value: object): void {
    if (Object.getOwnPropertySymbols(value).length > 0) this.#refuse("has a symbol as a key");
  }

  #refuseKey(key: string): never {
    return this.#refuse(`has an own key ${JSON.stringify(key)}`);
  }

  #refuse(what: string): never {
    const path = this.#path.map((step, index) => formatStep(step, index === 0)).join("");
    throw new TypeError(`Cannot store ${this.#name}: ${path || "it"} ${what}; store plain data`);
  }
}

function isIndex(key: string, length: number): boolean {
  const number = Number(key);
  return Number.isInteger(number) && number >= 0 && number < length && String(number) === key;
}

function formatStep(step: string | number, first: boolean): string {
  if (typeof step === "number") return `[${step}]`;
  if (!/^[A-Za-z_$][\w$]{0,79}$/.test(step)) return `[${JSON.stringify(step.slice(0, 80))}]`;
  return first ? step : `.${step}`;
}
