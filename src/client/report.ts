import type { Problem } from "../page/problems.ts";

/** Tells the author of a page about a mistake in it. */
export type Report = (problem: Problem, ...parts: readonly string[]) => void;

/** Resolves once the console has all that was reported. */
export let reported: Promise<void> = Promise.resolve();

/** Writes into the console what is wrong, in words that are loaded for it, one after the other. */
export function report(problem: Problem, ...parts: readonly string[]): void {
  reported = reported.then(async () => {
    try {
      const { textOf } = await import("./problems.ts");
      console.error(textOf(problem, ...parts));
    } catch {
      console.error(problem, ...parts);
    }
  });
}

/** Returns a function that reports each mistake once. */
export function reportOnce(): Report {
  const reported = new Set<string>();
  return (problem, ...parts) => {
    const key = [problem, ...parts].join();
    if (!reported.has(key)) report(problem, ...parts);
    reported.add(key);
  };
}
