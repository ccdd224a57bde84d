import type { Handlers } from "../../mod.ts";

/** One to-do of about 50 bytes. */
export interface Item {
  readonly id: number;
  readonly title: string;
  readonly completed: boolean;
}

/** What a list holds. */
export interface List {
  readonly filter: string;
  readonly items: readonly Item[];
}

/** How many to-dos a list has. */
export const size = 1_000;

/** Returns a list as it is at first. */
export function firstList(): List {
  return {
    filter: "all",
    items: Array.from({ length: size }, (_, id): Item => {
      return { id, title: `Buy ${id} l milk`, completed: id % 3 === 0 };
    }),
  };
}

/** Changes one to-do of a list. */
export function toggle({ id }: { readonly id: number }, list: List): List {
  return {
    ...list,
    items: list.items.map((item) =>
      item.id === id ? { ...item, completed: !item.completed } : item
    ),
  };
}

/** What a counter holds. */
export interface Count {
  readonly count: number;
}

/** Counts up. */
export function add(amount: number, { count }: Count): Count {
  return { count: count + amount };
}

/** The handlers that are measured. */
export const handlers: Handlers = {
  Counter: { mount: () => ({ count: 0 }), add },
  TodoList: { mount: firstList, toggle },
};

/** One kind of event, as it is sent to a processor and done by hand. */
export interface Kind<State> {
  readonly type: string;
  readonly event: string;
  readonly first: () => State;
  /** Returns the payload of the event with this number. */
  readonly payload: (index: number) => unknown;
  readonly handle: (payload: never, state: State) => State;
  /** Returns something that depends on a state. */
  readonly use: (state: State) => number;
}

const counter: Kind<Count> = {
  type: "Counter",
  event: "add",
  first: () => ({ count: 0 }),
  payload: () => 1,
  handle: add,
  use: ({ count }) => count,
};

const toggled: Kind<List> = {
  type: "TodoList",
  event: "toggle",
  first: firstList,
  payload: (index) => ({ id: index % size }),
  handle: toggle,
  use: ({ items }) => items.length,
};

/** A counter of a few bytes, and one to-do of 1,000. */
export const kinds: Readonly<Record<string, Kind<unknown>>> = {
  "counter": counter as Kind<unknown>,
  "toggle 1 of 1,000": toggled as Kind<unknown>,
};

/** Ids of events, as unique as a page's and cheaper to make, so that they weigh on no side. */
export function eventIds(): () => string {
  const prefix = Math.random().toString(36).slice(2, 10).padEnd(8, "0");
  let made = 0;
  return () => `${prefix}-0000-4000-8000-${String(made++).padStart(12, "0")}`;
}
