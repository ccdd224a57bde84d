import { evaluateValue, type Level } from "../page/evaluate.ts";
import type { Value } from "../page/value.ts";
import type { Binding } from "./bindings.ts";

/**
 * Leaves what the server has painted by a format until the value changes: another runtime may write the same date in
 * another way.
 */
export function keepPainted(shown: Binding, value: Value): Binding {
  const expressions = value.path ? [value] : value.expressions;
  if (!expressions.some(({ formats }) => formats[0])) return shown;
  const plain = (level: Level) => evaluateValue(value, level, (each) => each);
  let isFirst = true;
  let isKept = true;
  let painted: unknown;
  return {
    ...shown,
    show(level, change) {
      const now = isKept ? plain(level) : undefined;
      if (isFirst) painted = now;
      isFirst = false;
      isKept &&= now === painted;
      if (!isKept) shown.show(level, change);
    },
  };
}
