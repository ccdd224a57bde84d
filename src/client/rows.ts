import type { Binding } from "./bindings.ts";
import { longestIncreasing } from "./longest-increasing.ts";
import { type Path, readPath } from "./path.ts";

/** One clone of a template: usually a single element, and what is bound inside of it. */
export interface Row {
  readonly elements: readonly Element[];
  show(item: unknown): void;
}

/** What rows are made from and matched by. */
export interface RowsOptions {
  readonly path: Path;
  /** Where an item has its key; without one, rows are matched by their place. */
  readonly key: Path | undefined;
  /** Makes a row that is in no document yet. */
  readonly create: (key: unknown) => Row;
  /** Called when the page has the rows it should have. */
  readonly shown: () => void;
}

/** The rows of one `<template na-each>`, in front of it, matched by key and moved as little as possible. */
export class Rows implements Binding {
  readonly element: HTMLTemplateElement;
  readonly path: Path;
  readonly #key: Path | undefined;
  readonly #create: RowsOptions["create"];
  readonly #shown: () => void;
  #rows: readonly { readonly key: unknown; readonly row: Row }[] = [];

  constructor(template: HTMLTemplateElement, { path, key, create, shown }: RowsOptions) {
    this.element = template;
    this.path = path;
    this.#key = key;
    this.#create = create;
    this.#shown = shown;
  }

  show(value: unknown): void {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    // Items that share a key take the rows of that key in turn, so that none is lost.
    const known = new Map<unknown, { row: Row; position: number }[]>();
    for (const [position, { key, row }] of this.#rows.entries()) {
      const rows = known.get(key);
      if (rows) rows.push({ row, position });
      else known.set(key, [{ row, position }]);
    }
    const positions: number[] = [];
    this.#rows = items.map((item, index) => {
      const key = this.#key ? readPath(item, this.#key) : index;
      const match = known.get(key)?.shift();
      const row = match?.row ?? this.#create(key);
      positions.push(match?.position ?? -1);
      row.show(item);
      return { key, row };
    });
    for (const { row } of Array.from(known.values()).flat()) {
      for (const element of row.elements) element.remove();
    }
    this.#place(positions);
    this.#shown();
  }

  remove(): void {
    this.show(undefined);
  }

  /** Moves rows to where they belong, given the position that each had before, or -1. */
  #place(positions: number[]): void {
    const parent = this.element.parentNode;
    if (parent === null) return;
    for (const [index, { row }] of this.#rows.entries()) {
      if (row.elements.some((element) => element.parentNode !== parent)) positions[index] = -1;
    }
    const staying = longestIncreasing(this.#around(this.#focused(parent), positions));
    let next: Node = this.element;
    for (let index = this.#rows.length - 1; index >= 0; index--) {
      const { elements } = this.#rows[index]!.row;
      if (!staying.has(index)) {
        for (const element of elements) parent.insertBefore(element, next);
      }
      next = elements[0] ?? next;
    }
  }

  /** Leaves out what would have to pass the focused row: a node that is moved loses focus and composition. */
  #around(focused: number, positions: readonly number[]): readonly number[] {
    const pivot = positions[focused] ?? -1;
    if (pivot < 0) return positions;
    return positions.map((position, index) =>
      Math.sign(position - pivot) === Math.sign(index - focused) ? position : -1
    );
  }

  #focused(parent: ParentNode): number {
    const active = (parent.getRootNode() as Document | ShadowRoot).activeElement;
    if (!active || !parent.contains(active)) return -1;
    return this.#rows.findIndex(({ row }) => row.elements.some((each) => each.contains(active)));
  }
}
