import { valueKind } from "../persistence/adapter/value.ts";
import { leadsToPrototype } from "../shared/prototype-path.ts";
import { NascError } from "./errors.ts";

// A state has room for 500, so a handler can put a payload deep into one.
const maxLevels = 100;

/** How a part of a message is refused. */
interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Where the walk through a part is. */
interface Place {
  readonly refusal: Refusal;
  readonly levelsLeft: number;
  /** The name that led here. */
  readonly parent: string;
  /** The objects that the walk has met, unless there is only one way to each. */
  readonly seen: Set<object> | undefined;
}

/**
 * Refuses a part of a message that would harm what handlers do with it: one that cannot be stored, that is nested
 * deeper than 100 levels, or that holds `__proto__` or the path `constructor.prototype`, by which a merge reaches what
 * all objects inherit. Names count as the paths that they may stand for, such as a form's `constructor.prototype.x` or
 * `constructor[prototype][x]`.
 *
 * @throws {NascError}
 */
export function assertHarmless(part: unknown, refusal: Refusal): void {
  // JSON is a tree, and most parts are JSON.
  const seen = kindOf(part, refusal) === "json" ? undefined : new Set<object>();
  if (isObject(part)) visit(part, { refusal, levelsLeft: maxLevels, parent: "", seen });
}

function kindOf(part: unknown, refusal: Refusal): string {
  try {
    return valueKind(part);
  } catch (cause) {
    throw new NascError(refusal.code, refusal.message, { cause });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function visit(value: object, place: Place): void {
  const { refusal, parent, seen } = place;
  if (seen?.has(value)) return;
  const levelsLeft = place.levelsLeft - 1;
  if (levelsLeft < 0) {
    throw new NascError(refusal.code, `A message is nested at most ${maxLevels} levels deep`);
  }
  seen?.add(value);
  if (Array.isArray(value)) {
    for (const item of value) {
      if (isObject(item)) visit(item, { refusal, levelsLeft, parent: "", seen });
    }
    return;
  }
  for (const key of Object.keys(value)) {
    const last = follow(key, parent, refusal);
    const inner = (value as Record<string, unknown>)[key];
    if (isObject(inner)) visit(inner, { refusal, levelsLeft, parent: last, seen });
  }
}

/** Returns the last name of a key that is read as a path. */
function follow(key: string, parent: string, { code, message }: Refusal): string {
  const names = /[.[]/.test(key) ? key.split(/[.[\]]+/).filter((name) => name !== "") : [key];
  let last = parent;
  for (const name of names) {
    if (leadsToPrototype(name, last)) throw new NascError(code, message);
    last = name;
  }
  return last;
}
