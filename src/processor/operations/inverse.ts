import type { Operation } from "./operation.ts";
import { namesIn } from "./pointer.ts";
import { isRecord, ownValue } from "./record.ts";

/**
 * Returns what leads back to a state from where operations have led, if that is plain to see: they only replace what is
 * there, none within another. The operations that it returns hold values of the state.
 */
export function inverseOf(
  operations: readonly Operation[],
  before: object,
): readonly Operation[] | undefined {
  const paths = new Set<string>();
  const inverse: Operation[] = [];
  for (const { op, path } of operations) {
    const names = namesIn(path);
    if (op !== "replace" || path === "" || !names || paths.has(path)) return undefined;
    const value = valueAt(before, names);
    if (value === undefined) return undefined;
    paths.add(path);
    inverse.push({ op, path, value });
  }
  return inverse.length === 1 || !areNested(paths) ? inverse : undefined;
}

function valueAt(state: unknown, names: readonly string[]): unknown {
  let value = state;
  for (const name of names) {
    if (!Array.isArray(value) && !isRecord(value)) return undefined;
    value = ownValue(value, name);
  }
  return value;
}

function areNested(paths: ReadonlySet<string>): boolean {
  for (const path of paths) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      if (paths.has(path.slice(0, end))) return true;
    }
  }
  return false;
}
