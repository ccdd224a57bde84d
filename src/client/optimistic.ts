/**
 * What `na-optimistic` says that an event will do, shown until the server says what it did; loaded by pages that have
 * one.
 *
 * @module
 */
import { isTrue, readPath, toText } from "../page/evaluate.ts";
import type { Path } from "../page/expression.ts";
import { own } from "../shared/own.ts";
import type { Guess, State } from "./change.ts";
import { type RowStep, type Step, stepsAround } from "./row-place.ts";

/** What a guess depends on at the event. */
export interface GuessOptions {
  /** The element that sends it. */
  readonly element: Element;
  readonly eventId: string;
  readonly payload: unknown;
  /** What the page shows. */
  readonly state: State;
  /** Reads a path. */
  readonly parse: (text: string) => Path;
}

/** Changes a value somewhere in a state. */
type Change = (value: unknown) => unknown;

const parts = /(?:'[^']*'|[^;'])+/g;
const form = /^(toggle|set|add|append|remove|move)(?:\s+(\S+)(?:\s+(.+))?)?$/;

/**
 * Returns what a guess makes of each state that is known from here on: `verb [path] [argument | {field}]`, more of them
 * after a `;`. Rows are meant by their keys, and `toggle` by what it leads to, so it does no harm if the event has
 * happened already.
 *
 * @throws {Error} if it cannot be read
 */
export function guessOf(text: string, options: GuessOptions): Guess {
  const guesses = Array.from(text.matchAll(parts), ([part]) => stepOf(part.trim(), options));
  return (state) => guesses.reduce((known, guess) => guess(known), state);
}

function stepOf(text: string, { element, eventId, payload, state, parse }: GuessOptions): Guess {
  const [, verb, target, given] = form.exec(text) ?? [];
  const levels = stepsAround(element, parse);
  const change = (steps: readonly Step[], make: Change): Guess => (known) =>
    changed(known, steps, make) as State;

  if (verb === "remove" || verb === "move") {
    const steps = [...levels.at(-1)!];
    const row = steps.pop();
    if (typeof row !== "object") throw new Error("It is in no row");
    if (verb === "remove") {
      return change(steps, (list) => isList(list) ? list.filter((item) => !isIn(row, item)) : list);
    }
    return change(steps, moving(row, valueAt(state, steps), argumentOf(target, payload)));
  }
  const { up, names } = parse(target ?? "");
  const steps = [...levels[levels.length - 1 - up]!, ...names];
  switch (verb) {
    case "toggle": {
      const next = !isTrue(valueAt(state, steps));
      return change(steps, () => next);
    }
    case "set": {
      const next = argumentOf(given, payload);
      return change(steps, () => next);
    }
    case "add": {
      const amount = Number(argumentOf(given ?? "1", payload));
      return change(steps, (value) => Number(value ?? 0) + amount);
    }
    case "append": {
      const item = { id: eventId, ...(payload as object) };
      return change(
        steps,
        (list) =>
          isList(list) && !list.some((each) => readPath(each, ["id"]) === item.id)
            ? [...list, item]
            : list,
      );
    }
  }
  throw new Error("It has no verb");
}

/** Moves a row beside the one that it passes now, or to an index. */
function moving(row: RowStep, list: unknown, to: unknown): Change {
  const items = isList(list) ? list : [];
  const index = items.findIndex((item) => isIn(row, item));
  const beside = items[to === "up" ? index - 1 : index + 1];
  const passed = { ...row, text: toText(readPath(beside, row.key)) };
  return (value) => {
    const from = isList(value) ? value.findIndex((item) => isIn(row, item)) : -1;
    if (!isList(value) || from < 0) return value;
    const rest = value.toSpliced(from, 1);
    const place = rest.findIndex((item) => isIn(passed, item));
    const next = to === "up" ? place : to === "down" ? place + 1 : Number(to);
    if (Number.isNaN(next) || (to === "up" || to === "down") && place < 0) return value;
    return rest.toSpliced(next, 0, value[from]);
  };
}

/** Returns what is written, or what the payload has under `{field}`. */
function argumentOf(text: string | undefined, payload: unknown): unknown {
  if (text === undefined) throw new Error("It says not what");
  const field = /^\{(.+)\}$/.exec(text)?.[1];
  if (field !== undefined) return own(payload as Record<string, unknown>)[field];
  try {
    return JSON.parse(text);
  } catch {
    return text.replace(/^'(.*)'$/, "$1");
  }
}

function valueAt(value: unknown, [step, ...rest]: readonly Step[]): unknown {
  if (step === undefined) return value;
  if (typeof step === "string") return valueAt(readPath(value, [step]), rest);
  return isList(value) ? valueAt(value.find((item) => isIn(step, item)), rest) : undefined;
}

/** Returns a value with another one somewhere in it, or itself where there is no such place. */
function changed(value: unknown, [step, ...rest]: readonly Step[], make: Change): unknown {
  if (step === undefined) return make(value);
  if (typeof step === "string") {
    const inner = readPath(value, [step]);
    if (typeof value !== "object" || value === null || isList(value)) return value;
    return rest[0] && inner === undefined
      ? value
      : { ...value, [step]: changed(inner, rest, make) };
  }
  const index = isList(value) ? value.findIndex((item) => isIn(step, item)) : -1;
  return isList(value) && index >= 0 ? value.with(index, changed(value[index], rest, make)) : value;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Returns whether an item is the one that a row shows. */
function isIn({ key, text }: RowStep, item: unknown): boolean {
  return toText(readPath(item, key)) === text;
}
