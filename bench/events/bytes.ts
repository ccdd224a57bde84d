/** Bytes by kind of change of a list of 1,000: what a page is sent. */
import { createProcessor, MemoryStore } from "../../mod.ts";
import type { PatchFrame } from "../../src/processor/frames.ts";
import { makeOperations } from "../../src/processor/operations/make-operations.ts";
import type { Pace } from "./measure.ts";
import { table } from "./report.ts";
import { firstList, type Item, type List, size, toggle } from "./todos.ts";

type Change = (items: readonly Item[]) => readonly Item[];

const middle = size >> 1;
const changes: Readonly<Record<string, Change>> = {
  "toggle one": (items) => toggle({ id: middle }, { filter: "", items }).items,
  "first to the end": (items) => [...items.slice(1), items[0]!],
  "remove one": (items) => items.toSpliced(middle, 1),
  "insert first": (items) => [{ id: -1, title: "Buy bread", completed: false }, ...items],
  "reverse": (items) => items.toReversed(),
};

/** The most bytes that a frame may have, by kind of change. */
const targets: Readonly<Record<string, number>> = {
  "toggle one": 150,
  "first to the end": 150,
  "remove one": 150,
};

const handler = {
  mount: firstList,
  ...Object.fromEntries(
    Object.entries(changes).map(([name, change]) => [name, (_: unknown, list: List): List => {
      return { ...list, items: change(list.items) };
    }]),
  ),
};

/** Returns the text of what a processor answers to a change, in a version of the protocol. */
async function answerOf(event: string, protocol: 1 | 2): Promise<string> {
  const process = createProcessor({ TodoList: handler }, new MemoryStore());
  const address = { type: "TodoList", instance: "my-list", protocol } as const;
  await process({ ...address, event: "mount" });
  return JSON.stringify(await process({ ...address, event }));
}

/** Returns the text of the frame that the design has for a change. */
function frameOf(change: Change): string {
  const before = firstList();
  const ops = makeOperations(before, { ...before, items: change(before.items) });
  const frame: Partial<PatchFrame> = {
    action: "patch",
    type: "TodoList",
    instance: "my-list",
    rev: 8,
    ...ops && { ops },
  };
  return ops ? JSON.stringify(frame) : JSON.stringify(before);
}

/** Returns the bytes of a text, as a cell shows them. */
function shownBytes(text: string): string {
  return new TextEncoder().encode(text).byteLength.toLocaleString("en");
}

/** Counts and prints. */
export async function benchBytes(_pace: Pace): Promise<void> {
  const rows: string[][] = [];
  for (const [name, change] of Object.entries(changes)) {
    rows.push([
      name,
      shownBytes(await answerOf(name, 1)),
      shownBytes(await answerOf(name, 2)),
      shownBytes(frameOf(change)),
      targets[name] === undefined ? "" : `< ${targets[name]}`,
    ]);
  }
  console.log(
    table(
      `Bytes by kind of change, 1,000 to-dos (the state: ${
        shownBytes(JSON.stringify(firstList()))
      })`,
      ["change", "answer, protocol 1", "answer, protocol 2", "a frame of operations", "to reach"],
      rows,
    ),
  );
}
