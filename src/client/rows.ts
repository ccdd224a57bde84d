import { longestIncreasing } from "../shared/longest-increasing.ts";
import type { Binding } from "./bindings.ts";
import { call, focusBeside, get } from "./dom.ts";
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

/** The rows of one `<template na-each>`, placed before it, matched by key and moved as little as possible. */
export class Rows implements Binding {
  readonly element: HTMLTemplateElement;
  readonly path: PropertyPath;
  readonly #options: RowsOptions;
  #rows: readonly { readonly key: unknown; readonly row: Row }[] = [];

  constructor(template: HTMLTemplateElement, options: RowsOptions) {
    this.element = template;
    this.path = options.path;
    this.#options = options;
  }

  show(value: unknown): void {
    const { key: keyPath, create, shown } = this.#options;
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
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
      const key = keyPath ? readPath(item, keyPath) : index;
      const position = free.get(key)?.shift() ?? -1;
      const row = before[position]?.row ?? create(key);
      positions.push(position);
      row.show(item);
      return { key, row };
    });
    for (const position of [...free.values()].flat()) {
      for (const element of before[position]!.row.elements) call(element, "remove");
    }
    this.#place(positions);
    shown();
  }

  remove(): void {
    this.show(undefined);
  }

  /** Moves rows to their places, given the position that each had before, or -1. */
  #place(positions: number[]): void {
    const parent = get(this.element, "parentNode");
    if (parent === null) return;
    for (const [index, { row }] of this.#rows.entries()) {
      if (row.elements.some((element) => get(element, "parentNode") !== parent)) {
        positions[index] = -1;
      }
    }
    const staying = longestIncreasing(this.#around(this.#focused(parent), positions));
    let next: Node = this.element;
    for (let index = this.#rows.length - 1; index >= 0; index--) {
      const { elements } = this.#rows[index]!.row;
      if (!staying.has(index)) {
        for (const element of elements) call(parent as Node, "insertBefore", element, next);
      }
      next = elements[0] ?? next;
    }
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
    return this.#rows.findIndex(({ row }) =>
      row.elements.some((each) => call(each, "contains", active))
    );
  }
}
