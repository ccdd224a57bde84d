import { type Profiler, Session } from "node:inspector/promises";

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
// V8 counts only in code that it compiles from now on.
const { makeOperations } = await import("../../../src/processor/operations/make-operations.ts");

/**
 * Returns how many steps it takes to make the operations between two states: how often each block of the code runs, by
 * V8's precise coverage. A step in a loop over the items of a list counts each time, whatever the machine is doing.
 */
export async function stepsBetween(before: object, after: object): Promise<number> {
  await session.post("Profiler.takePreciseCoverage");
  makeOperations(before, after);
  const { result } = await session.post("Profiler.takePreciseCoverage");
  return result.filter(isOurs).reduce((sum, { functions }) => sum + countOf(functions), 0);
}

function isOurs({ url }: Profiler.ScriptCoverage): boolean {
  return /\/src\/(processor\/operations|shared)\//.test(url);
}

function countOf(functions: readonly Profiler.FunctionCoverage[]): number {
  return functions.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);
}
