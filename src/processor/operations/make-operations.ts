import { leadsToPrototype } from "../../shared/prototype-path.ts";
import { editList } from "./edit-list.ts";
import { JsonSizes } from "./json-sizes.ts";
import { areKeyed, keyIn } from "./list-key.ts";
import type { Operation } from "./operation.ts";
import { pointerTo } from "./pointer.ts";
import { isRecord, ownValue } from "./record.ts";
import { sameValue } from "./same-value.ts";
import { ValueNumbers } from "./value-numbers.ts";

/** Options of {@link makeOperations}. */
export interface MakeOperationsOptions {
  /**
   * Returns the name of the property that tells the items of a list apart, given the list's JSON Pointer in the state
   * after, or `undefined` for `id`.
   */
  readonly keyOf?: (pointer: string) => string | undefined;
}

type Properties = Readonly<Record<string, unknown>>;

/** More operations than this in one list take longer to apply than the list takes to parse. */
const mostOperationsInList = 1_000;
/** As many items as are shifted at most: in a list of 50,000, by 1,000 operations. */
const mostShifted = 50_000_000;

/** The lengths of operations without what they hold, each with its comma. */
const lengths = { add: 29, remove: 26, replace: 33, move: 34 } as const;

/**
 * Returns the operations that lead from one state to another (JSON Patch, RFC 6902: `add`, `remove`, `replace` and
 * `move`), in O(n log n), or `undefined` where the state itself is shorter. They hold values of the state after, and
 * `applyOperations(before, operations)` shares with `before` all that is the same.
 *
 * Objects are compared property by property; one that is `undefined` is absent. Items of lists are matched by key, or
 * without one by value, and moved as little as possible. What JSON has no words for (Date, Map, Set, bigint, bytes) is
 * replaced whole, and so is what takes longer to change than to write.
 */
export function makeOperations(
  before: object,
  after: object,
  options: MakeOperationsOptions = {},
): readonly Operation[] | undefined {
  const keyOf = ownValue(options, "keyOf") as MakeOperationsOptions["keyOf"];
  return new Making(keyOf).make(before, after);
}

class Making {
  readonly #keyOf: MakeOperationsOptions["keyOf"];
  readonly #operations: Operation[] = [];
  // Most changes need neither.
  #lazySizes: JsonSizes | undefined;
  #lazyNumbers: ValueNumbers | undefined;
  /** About how many characters the operations take. */
  #length = 0;
  #isSnapshot = false;

  constructor(keyOf: MakeOperationsOptions["keyOf"]) {
    this.#keyOf = keyOf;
  }

  get #sizes(): JsonSizes {
    return this.#lazySizes ??= new JsonSizes();
  }

  get #numbers(): ValueNumbers {
    return this.#lazyNumbers ??= new ValueNumbers();
  }

  make(before: object, after: object): readonly Operation[] | undefined {
    this.#change(before, after, "");
    return this.#isSnapshot ? undefined : this.#operations;
  }

  #change(before: unknown, after: unknown, path: string): void {
    if (Object.is(before, after)) return;
    const { length: count } = this.#operations;
    const length = this.#length;
    const isReached = isRecord(before) && isRecord(after)
      ? this.#changeProperties(before, after, path)
      : Array.isArray(before) && Array.isArray(after)
      ? this.#changeItems(before, after, path)
      : sameValue(before, after);
    if (isReached && !this.#isShorter(after, path, this.#length - length)) return;
    this.#operations.length = count;
    this.#length = length;
    if (path === "") this.#isSnapshot = true;
    else this.#put("replace", path, after);
  }

  /** Returns whether a value, put at a path, takes fewer characters than the operations that lead to it. */
  #isShorter(value: unknown, path: string, length: number): boolean {
    const least = path === "" ? 0 : lengths.replace + path.length;
    return length > least && this.#sizes.sizeOf(value, length - least) < length - least;
  }

  #put(op: "add" | "replace", path: string, value: unknown): void {
    this.#operations.push({ op, path, value: value ?? null });
    this.#length += lengths[op] + path.length + this.#sizes.sizeOf(value);
  }

  #remove(path: string): void {
    this.#operations.push({ op: "remove", path });
    this.#length += lengths.remove + path.length;
  }

  #move(from: string, path: string): void {
    this.#operations.push({ op: "move", from, path });
    this.#length += lengths.move + from.length + path.length;
  }

  /** Returns `false` if operations cannot lead to the object, so that it goes whole. */
  #changeProperties(before: Properties, after: Properties, path: string): boolean {
    let common = 0;
    for (const name of Object.keys(before)) {
      const value = before[name];
      if (value === undefined) continue;
      const next = ownValue(after, name);
      if (next !== undefined) common++;
      if (Object.is(value, next)) continue;
      if (isUnreachable(name, path)) {
        if (next === undefined || !sameValue(value, next)) return false;
      } else if (next === undefined) this.#remove(pointerTo(path, name));
      else this.#change(value, next, pointerTo(path, name));
    }
    const names = Object.keys(after);
    if (names.length === common) return true;
    for (const name of names) {
      const value = after[name];
      if (value === undefined || ownValue(before, name) !== undefined) continue;
      if (isUnreachable(name, path)) return false;
      this.#put("add", pointerTo(path, name), value);
    }
    return true;
  }

  /** Returns `false` if too many operations would lead to the list, so that it goes whole. */
  #changeItems(before: readonly unknown[], after: readonly unknown[], path: string): boolean {
    const { length: count } = this.#operations;
    const key = this.#keyOf?.(path) ?? "id";
    const isKeyed = areKeyed(before, after, key);
    const { start, end } = trim(
      before,
      after,
      isKeyed
        ? (one, other) => one === other || keyIn(one, key) === keyIn(other, key)
        : (one, other) => this.#isSame(one, other),
    );
    const oldItems = before.slice(start, before.length - end);
    const items = after.slice(start, after.length - end);
    const tokenOf = isKeyed
      ? (item: unknown) => keyIn(item, key)
      : (item: unknown) => this.#numbers.numberOf(item);
    const edit = editList(oldItems.map(tokenOf), items.map(tokenOf));
    const longer = Math.max(before.length, after.length);
    if (
      edit.count > longer / 2 || edit.count * longer > mostShifted ||
      edit.count + edit.paired.length > mostOperationsInList
    ) return false;

    for (const index of edit.removals()) this.#remove(`${path}/${start + index}`);
    for (const { from, to, after: index } of edit.placements()) {
      const place = `${path}/${start + to}`;
      if (from === undefined) this.#put("add", place, items[index]);
      else this.#move(`${path}/${start + from}`, place);
    }
    const originOf = (index: number): number => {
      if (index < start) return index;
      if (index >= after.length - end) return index - after.length + before.length;
      const origin = edit.origins[index - start]!;
      return origin < 0 ? -1 : start + origin;
    };
    // Without a key, items that match are the same.
    for (const index of isKeyed ? after.keys() : edit.paired.map((paired) => start + paired)) {
      const origin = originOf(index);
      if (origin < 0 || Object.is(before[origin], after[index])) continue;
      this.#change(before[origin], after[index], `${path}/${index}`);
    }
    return this.#operations.length - count <= mostOperationsInList;
  }

  #isSame(one: unknown, other: unknown): boolean {
    if (Object.is(one, other)) return true;
    const number = this.#numbers.known(one);
    const otherNumber = number && this.#numbers.known(other);
    return otherNumber === undefined ? sameValue(one, other) : number === otherNumber;
  }
}

/** Returns how many items at both ends of two lists match. */
function trim(
  before: readonly unknown[],
  after: readonly unknown[],
  isMatch: (one: unknown, other: unknown) => boolean,
): { readonly start: number; readonly end: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isMatch(before[start], after[start])) start++;
  let end = 0;
  while (
    end < shorter - start &&
    isMatch(before[before.length - 1 - end], after[after.length - 1 - end])
  ) end++;
  return { start, end };
}

/** Returns whether a name cannot stand in a path. */
function isUnreachable(name: string, path: string): boolean {
  return leadsToPrototype(name, path.endsWith("/constructor") ? "constructor" : undefined);
}
