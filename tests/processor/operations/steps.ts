import { type Profiler, Session } from "node:inspector/promises";

/**
 * Returns how many steps making operations takes: how often each block of its code runs, by V8's precise coverage. A
 * step in a loop over the items of a list counts each time, whatever the machine is doing.
 */
export async function stepsOf(work: () => unknown): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    await session.post("Profiler.takePreciseCoverage");
    work();
    const { result } = await session.post("Profiler.takePreciseCoverage");
    return result.filter(isOurs).reduce((sum, { functions }) => sum + countsOf(functions), 0);
  } finally {
    await session.post("Profiler.stopPreciseCoverage");
    session.disconnect();
  }
}

function isOurs({ url }: Profiler.ScriptCoverage): boolean {
  return /\/src\/(processor\/operations|shared)\//.test(url);
}

function countsOf(functions: readonly Profiler.FunctionCoverage[]): number {
  return functions.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);
}
