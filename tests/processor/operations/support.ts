import fastJsonPatch from "fast-json-patch";
import { expect } from "vitest";
import { applyEdits } from "../../../src/processor/operations/apply-edits.ts";
import { applyOperations } from "../../../src/processor/operations/apply-operations.ts";
import {
  makeOperations,
  type MakeOperationsOptions,
} from "../../../src/processor/operations/make-operations.ts";
import type { Operation } from "../../../src/processor/operations/operation.ts";

export type State = Readonly<Record<string, unknown>>;

/** Freezes a value and all that it holds. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

/**
 * Makes operations and applies them, as a page that received them as JSON does, with our own code and with
 * fast-json-patch; fails if either does not reach the state after, or if a state was changed. Returns the operations,
 * or `undefined` for a snapshot.
 */
export function madeAndApplied(
  before: State,
  after: State,
  options?: MakeOperationsOptions,
): readonly Operation[] | undefined {
  const [beforeText, afterText] = [JSON.stringify(before), JSON.stringify(after)];
  deepFreeze(before);
  deepFreeze(after);
  const operations = makeOperations(before, after, options);
  if (operations === undefined) return undefined;
  const sent: Operation[] = JSON.parse(JSON.stringify(operations));
  deepFreeze(operations);
  expect(applyOperations(before, operations)).toEqual(after);
  expect(applyOperations(before, deepFreeze(structuredClone(sent)))).toEqual(JSON.parse(afterText));
  expect(applyEdits(before, deepFreeze(structuredClone(sent)))).toEqual(JSON.parse(afterText));
  const copy = JSON.parse(beforeText);
  const { newDocument } = fastJsonPatch.applyPatch(copy, sent as never, true);
  expect(newDocument).toEqual(JSON.parse(afterText));
  expect([JSON.stringify(before), JSON.stringify(after)]).toEqual([beforeText, afterText]);
  return operations;
}
