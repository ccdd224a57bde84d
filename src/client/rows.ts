import type { Operation } from "../processor/operations/operation.ts";
import { longestIncreasing } from "../shared/longest-increasing.ts";
import type { Binding } from "./bindings.ts";
import { call, focusBeside, get } from "./dom.ts";
import { type ListStep, listStepsOf } from "./list-steps.ts";
import { type PropertyPath, readPath } from "./path.ts";

/** One clone of a template, usually a single element, with its bindings. */
export interface Row {
  readonly elements: readonly Element[];
  show(item: unknown): void;
}

/** Options of {@link Rows}. */
export interface RowsOptions {
  /** The path of the list. */
  readonly path: PropertyPath;
  /** The path of the key in an item; without one, rows are matched by position. */
  readonly key: PropertyPath | undefined;
  /** Makes a row, outside of any document. */
  readonly create: (key: unknown) => Row;
  /** Called once the page has the right rows. */
  readonly shown: () => void;
}

/** A row that is shown, with its item. */
interface ShownRow {
  readonly key: unknown;
  readonly item: unknown;
  readonly row: Row;
}

/** The rows of one `<template na-each>`, placed before it, matched by key and moved as little as possible. */
export class Rows implements Binding {
  readonly element: HTMLTemplateElement;
  readonly path: PropertyPath;
  readonly #options: RowsOptions;
  #rows: readonly ShownRow[] = [];
  /** How many elements stood beside the template when the rows were shown last. */
  #siblings = 0;

  constructor(template: HTMLTemplateElement, options: RowsOptions) {
    this.element = template;
    this.path = options.path;
    this.#options = options;
  }

  show(value: unknown, operations?: readonly Operation[]): void {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    const steps = operations && listStepsOf(operations, this.path);
    if (!steps || !this.#take(steps, items)) this.#showAll(items);
    this.#siblings = this.#countSiblings();
    this.#options.shown();
  }

  remove(): void {
    this.show(undefined);
  }

  /** Makes these steps only, and shows the items that changed; returns `false`, having done nothing, if that is unsafe. */
  #take(steps: readonly ListStep[], items: readonly unknown[]): boolean {
    const after: (ShownRow | undefined)[] = [...this.#rows];
    const gone = new Set<ShownRow>();
    const moved = new Set<ShownRow>();
    for (const { from, to } of steps) {
      const row = from === undefined ? undefined : after.splice(from, 1)[0];
      if (to !== undefined) after.splice(to, 0, row);
      if (row) (to === undefined ? gone : moved).add(row);
    }
    const isPlaced = (row: ShownRow | undefined) => row === undefined || moved.has(row);
    const isSafe = after.length === items.length && this.#siblings === this.#countSiblings() &&
      this.#haveKeys(after, items, gone) && this.#areInPlace(after, isPlaced) &&
      !this.#hasFocus(moved);
    if (!isSafe) return false;
    this.#remove(gone);
    this.#rows = items.map((item, index) => this.#shown(item, index, after[index]));
    if (steps.length > 0) this.#insertWhere((index) => isPlaced(after[index]));
    return true;
  }

  /** Returns whether the rows before which others are placed are where they were. */
  #areInPlace(
    rows: readonly (ShownRow | undefined)[],
    isPlaced: (row: ShownRow | undefined) => boolean,
  ): boolean {
    const parent = get(this.element, "parentNode");
    return parent !== null && rows.every((row, index) => {
      const next = rows[index + 1];
      return !isPlaced(row) || isPlaced(next) || isBelow(parent, next!);
    });
  }

  /** Returns whether each row has the key of its item, and no new one that of a row that goes. */
  #haveKeys(
    rows: readonly (ShownRow | undefined)[],
    items: readonly unknown[],
    gone: ReadonlySet<ShownRow>,
  ): boolean {
    const free = new Set(Array.from(gone, ({ key }) => key));
    return rows.every((row, index) => {
      if (row && row.item === items[index] && this.#options.key) return true;
      const key = this.#keyOf(items[index], index);
      return row ? row.key === key : !free.has(key);
    });
  }

  #showAll(items: readonly unknown[]): void {
    const before = this.#rows;
    // Items that share a key take the rows of that key in turn, so none is lost.
    const free = new Map<unknown, number[]>();
    for (const [position, { key }] of before.entries()) {
      const positions = free.get(key);
      if (positions) positions.push(position);
      else free.set(key, [position]);
    }
    const positions: number[] = [];
    this.#rows = items.map((item, index) => {
      const position = free.get(this.#keyOf(item, index))?.shift() ?? -1;
      positions.push(position);
      return this.#shown(item, index, before[position]);
    });
    this.#remove([...free.values()].flat().map((position) => before[position]!));
    this.#place(positions);
  }

  /** Shows an item in a row, a new one if need be. What is shown already is the same. */
  #shown(item: unknown, index: number, before: ShownRow | undefined): ShownRow {
    if (before && before.item === item) return before;
    const key = this.#keyOf(item, index);
    const row = before?.row ?? this.#options.create(key);
    row.show(item);
    return { key, item, row };
  }

  #keyOf(item: unknown, index: number): unknown {
    const { key } = this.#options;
    return key ? readPath(item, key) : index;
  }

  #remove(rows: Iterable<ShownRow>): void {
    for (const { row } of rows) for (const element of row.elements) call(element, "remove");
  }

  /** Inserts the rows of these indexes where they belong. */
  #insertWhere(isPlaced: (index: number) => boolean): void {
    const parent = get(this.element, "parentNode") as Node;
    let next: Node = this.element;
    for (let index = this.#rows.length - 1; index >= 0; index--) {
      const { elements } = this.#rows[index]!.row;
      if (isPlaced(index)) {
        for (const element of elements) call(parent, "insertBefore", element, next);
      }
      next = elements[0] ?? next;
    }
  }

  #countSiblings(): number {
    const parent = get(this.element, "parentNode");
    return parent === null ? 0 : get(parent, "childElementCount");
  }

  /** Moves rows to their places, given the position that each had before, or -1. */
  #place(positions: number[]): void {
    const parent = get(this.element, "parentNode");
    if (parent === null) return;
    for (const [index, row] of this.#rows.entries()) {
      if (!isBelow(parent, row)) positions[index] = -1;
    }
    const staying = longestIncreasing(this.#around(this.#focused(parent), positions));
    this.#insertWhere((index) => !staying.has(index));
  }

  /** Leaves out rows that would have to pass the focused one, which stays: a moved node loses focus and composition. */
  #around(focused: number, positions: readonly number[]): readonly number[] {
    const pivot = positions[focused] ?? -1;
    if (pivot < 0) return positions;
    return positions.map((position, index) =>
      Math.sign(position - pivot) === Math.sign(index - focused) ? position : -1
    );
  }

  #focused(parent: ParentNode): number {
    const active = focusBeside(parent);
    if (!active || !call(parent as Node, "contains", active)) return -1;
    return this.#rows.findIndex((row) => contains(row, active));
  }

  #hasFocus(rows: Iterable<ShownRow>): boolean {
    const active = focusBeside(this.element);
    return Array.from(rows).some((row) => contains(row, active));
  }
}

function contains({ row }: ShownRow, node: Node | null): boolean {
  return row.elements.some((element) => call(element, "contains", node));
}

function isBelow(parent: ParentNode, { row }: ShownRow): boolean {
  return row.elements.every((element) => get(element, "parentNode") === parent);
}
