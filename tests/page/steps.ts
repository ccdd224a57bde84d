import { vi } from "vitest";

/**
 * Returns how many characters a function looks at or copies, by the methods of strings and patterns. Patterns are
 * counted by the characters between where they begin to look and where their match ends.
 */
export function countSteps(work: () => void): number {
  let steps = 0;
  const { exec } = RegExp.prototype;
  const spies = [
    vi.spyOn(RegExp.prototype, "exec").mockImplementation(function (this: RegExp, text) {
      const from = this.sticky || this.global ? this.lastIndex : 0;
      const found = Reflect.apply(exec, this, [text]) as RegExpExecArray | null;
      const isWhole = !found && !this.sticky;
      steps += 1 + (isWhole ? text.length : (found?.index ?? from) + (found?.[0].length ?? 0)) -
        from;
      return found;
    }),
  ];
  const { indexOf, slice } = String.prototype;
  spies.push(
    vi.spyOn(String.prototype, "indexOf").mockImplementation(function (this: string, mark, from) {
      const found = Reflect.apply(indexOf, this, [mark, from]) as number;
      steps += 1 + (found < 0 ? this.length : found) - (from ?? 0);
      return found;
    }) as never,
    vi.spyOn(String.prototype, "slice").mockImplementation(function (this: string, from, to) {
      const cut = Reflect.apply(slice, this, [from, to]) as string;
      steps += 1 + cut.length;
      return cut;
    }) as never,
  );
  try {
    work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return steps;
}
