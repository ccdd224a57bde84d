import { type Level, readPath, toText } from "../page/evaluate.ts";
import type { Path } from "../page/expression.ts";
import type { Operation } from "../processor/operations/operation.ts";
import { longestIncreasing } from "../shared/longest-increasing.ts";
import type { Binding } from "./bindings.ts";
import { type Change, wholeChange } from "./change.ts";
import { call, focusBeside, get } from "./dom.ts";
import { holdFocus } from "./focus.ts";
import type { Formatting } from "./formatting.ts";
import { type ListStep, listStepsOf } from "./list-steps.ts";
import type { Reading } from "./reading.ts";
import { takeSteps } from "./row-steps.ts";

/** One clone of a template, usually a single element, with its bindings. */
export interface Row {
  readonly elements: readonly Element[];
  show(level: Level, change?: Change): void;
}

/** A row that was there before. */
export interface LeftRow {
  /** The text of its key. */
  readonly key: string;
  readonly row: Row;
}

/** Options of {@link Rows}. */
export interface RowsOptions {
  /** The path of the list. */
  readonly path: Path;
  /** Reads the list. */
  readonly reading: Reading;
  /** The path of the key in an item; without one, rows are matched by position. */
  readonly key: Path | undefined;
  /** Makes a row, outside of any document. */
  readonly create: (key: unknown) => Row;
  /** Returns the rows that are there already. */
  readonly takeOver: () => readonly LeftRow[];
  /** What applies formats, of which there may be more. */
  readonly formatting: Pick<Formatting, "known">;
}

/** Whether the browser moves elements without taking them out. */
const canMove = typeof Element === "function" && Object.hasOwn(Element.prototype, "moveBefore");

/** The item of a row that was there before: none that a state has. */
const unknown = {};

/** A row that is shown, with its item. */
interface ShownRow {
  readonly key: unknown;
  readonly item: unknown;
  readonly row: Row;
}

/** The rows of one `<template na-each>`, placed before it, matched by key and moved as little as possible. */
export class Rows implements Binding {
  readonly element: HTMLTemplateElement;
  /** Whether rows show more than their items, so all are shown again after any change. */
  looksOut = false;
  readonly #options: RowsOptions;
  /** `undefined` until they are shown for the first time. */
  #rows: readonly ShownRow[] | undefined;
  /** How many elements stood beside the template when the rows were shown last. */
  #siblings = 0;
  #formats: unknown;
  /** Whether also rows whose items are the same are to be shown again. */
  #isWhole = false;

  constructor(template: HTMLTemplateElement, options: RowsOptions) {
    this.element = template;
    this.#options = options;
  }

  get isLocal(): boolean {
    return this.#options.reading.isLocal;
  }

  get property(): string | undefined {
    return this.looksOut ? undefined : this.#options.reading.property;
  }

  show(level: Level, { operations }: Change = wholeChange): void {
    const value = this.#options.reading.read(level);
    this.#show(Array.isArray(value) ? value : [], level, operations);
  }

  placed(): readonly Element[] {
    return this.#shownRows().flatMap(({ elements }) => elements);
  }

  remove(): void {
    this.#show([], { value: undefined, above: undefined, locals: {} });
  }

  #show(
    items: readonly unknown[],
    level: Level,
    operations?: readonly Operation[],
  ): void {
    const { formatting, path: { names, up, isLocal } } = this.#options;
    this.#isWhole = this.looksOut || this.#formats !== formatting.known;
    this.#formats = formatting.known;
    // Operations are on the state.
    const isWithin = !level.above && !up && !isLocal && !this.#isWhole;
    const rows = this.#rows;
    const steps = rows && operations && isWithin && listStepsOf(operations, names);
    const settle = holdFocus(get(this.element, "parentNode"), () => this.#shownRows());
    if (!steps || !this.#take(steps, { rows, items, level })) this.#showAll(items, level);
    settle();
    this.#siblings = this.#countSiblings();
  }

  /** Makes these steps only, and shows the items that changed; returns `false`, having done nothing, if that is unsafe. */
  #take(
    steps: readonly ListStep[],
    { rows: before, items, level }: {
      readonly rows: readonly ShownRow[];
      readonly items: readonly unknown[];
      readonly level: Level;
    },
  ): boolean {
    const parent = get(this.element, "parentNode");
    const { rows, gone, touched } = takeSteps(before, steps);
    // Without keys, an item that comes, goes or moves gives its row to another.
    const isMatched = this.#options.key || steps.every(({ from, to }) => from === to);
    if (!isMatched || !parent || rows.length !== items.length) return false;
    const free = new Set(gone.map(({ key }) => key));
    const active = focusBeside(parent);
    const isSafe = touched.every(({ index, isPlaced }) => {
      const [row, next] = [rows[index], rows[index + 1]];
      const key = this.#keyOf(items[index], index);
      if (row ? row.key !== key : free.has(key)) return false;
      return !isPlaced || !(row && contains(row, active)) && (!next || isBelow(parent, next));
    });
    if (!isSafe || this.#siblings !== this.#countSiblings()) return false;
    this.#remove(gone);
    for (const { index } of touched) {
      rows[index] = this.#shown(items[index], { index, level, before: rows[index] });
    }
    this.#rows = rows as ShownRow[];
    // Each goes before the next one, which is in its place by then.
    touched.sort((one, other) => other.index - one.index);
    for (const { index, isPlaced } of touched) if (isPlaced) this.#insert(this.#rows, index);
    return true;
  }

  #showAll(items: readonly unknown[], level: Level): void {
    const isFirst = !this.#rows;
    // What the server has painted has keys as text.
    const before = this.#rows ??
      this.#options.takeOver().map(({ key, row }): ShownRow => ({ key, item: unknown, row }));
    // Items that share a key take the rows of that key in turn, so none is lost.
    const free = new Map<unknown, number[]>();
    for (const [position, { key }] of before.entries()) {
      const positions = free.get(key);
      if (positions) positions.push(position);
      else free.set(key, [position]);
    }
    const positions: number[] = [];
    const rows = this.#rows = items.map((item, index) => {
      const key = this.#keyOf(item, index);
      const position = free.get(isFirst ? toText(key) : key)?.shift() ?? -1;
      positions.push(position);
      return this.#shown(item, { index, level, before: before[position] });
    });
    this.#remove([...free.values()].flat().map((position) => before[position]!));
    this.#place(rows, positions);
  }

  /** Shows an item in a row, a new one if need be. What is shown already is the same. */
  #shown(
    item: unknown,
    { index, level, before }: {
      readonly index: number;
      readonly level: Level;
      readonly before: ShownRow | undefined;
    },
  ): ShownRow {
    if (before && before.item === item && !this.#isWhole) return before;
    const key = this.#keyOf(item, index);
    const row = before?.row ?? this.#options.create(key);
    row.show({ value: item, above: level, locals: { index, number: index + 1 } });
    return { key, item, row };
  }

  #keyOf(item: unknown, index: number): unknown {
    const { key } = this.#options;
    return key ? readPath(item, key.names) : index;
  }

  #remove(rows: Iterable<ShownRow>): void {
    for (const { row } of rows) for (const element of row.elements) call(element, "remove");
  }

  /** Inserts the row at an index where it belongs, before the one that follows. */
  #insert(rows: readonly ShownRow[], index: number): void {
    const parent = get(this.element, "parentNode") as Node & { moveBefore: Node["insertBefore"] };
    const next = rows[index + 1]?.row.elements[0] ?? this.element;
    for (const element of rows[index]!.row.elements) {
      // What only moves keeps its frames and where it is scrolled to.
      const isMoved = canMove && get(element, "parentNode") === parent;
      call(parent, isMoved ? "moveBefore" : "insertBefore", element, next);
    }
  }

  #shownRows(): readonly Row[] {
    return (this.#rows ?? []).map(({ row }) => row);
  }

  #countSiblings(): number {
    const parent = get(this.element, "parentNode");
    return parent === null ? 0 : get(parent, "childElementCount");
  }

  /** Moves rows to their places, given the position that each had before, or -1. */
  #place(rows: readonly ShownRow[], positions: number[]): void {
    const parent = get(this.element, "parentNode");
    if (parent === null) return;
    for (const [index, row] of rows.entries()) {
      if (!isBelow(parent, row)) positions[index] = -1;
    }
    const staying = longestIncreasing(around(focused(parent, rows), positions));
    for (let index = positions.length - 1; index >= 0; index--) {
      if (!staying.has(index)) this.#insert(rows, index);
    }
  }
}

/** Leaves out rows that would have to pass the focused one, which stays: a moved node loses focus and composition. */
function around(focused: number, positions: readonly number[]): readonly number[] {
  const pivot = positions[focused] ?? -1;
  if (pivot < 0) return positions;
  return positions.map((position, index) =>
    Math.sign(position - pivot) === Math.sign(index - focused) ? position : -1
  );
}

function focused(parent: ParentNode, rows: readonly ShownRow[]): number {
  const active = focusBeside(parent);
  if (!active || !call(parent as Node, "contains", active)) return -1;
  return rows.findIndex((row) => contains(row, active));
}

function contains({ row }: ShownRow, node: Node | null): boolean {
  return row.elements.some((element) => call(element, "contains", node));
}

function isBelow(parent: ParentNode, { row }: ShownRow): boolean {
  return row.elements.every((element) => get(element, "parentNode") === parent);
}
