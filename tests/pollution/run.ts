/**
 * Runs a flow as it is, and again with names added to `Object.prototype` as another library might add them: all at
 * once, and one by one if that makes a difference. Prints, as JSON, what was different.
 *
 * @module
 */
import { flows } from "./flows.ts";

const { room, names } = JSON.parse(process.argv[2]!) as { room: string; names: string[] };
const values: readonly unknown[] = [() => 1, true, 5, "text", null, {}];
const longest = 5_000;

const problems: string[] = [];
const flow = flows[room]!;
const expected = await outcomeOf(flow);
if (!expected.startsWith("[")) problems.push(`Unpolluted: ${expected}`);
for (const value of values) {
  if (await isSame(names, value)) continue;
  const before = problems.length;
  for (const name of names) {
    const found = await polluted([name], value);
    if (found !== expected) problems.push(`${name} of type ${typeof value}: ${found}`);
  }
  if (problems.length === before) problems.push(`all names together, of type ${typeof value}`);
}
console.log(JSON.stringify(problems));
// A flow that has not ended must not keep the process.
process.exit();

async function isSame(names: readonly string[], value: unknown): Promise<boolean> {
  return await polluted(names, value) === expected;
}

async function polluted(names: readonly string[], value: unknown): Promise<string> {
  const everything = Object.prototype as Record<string, unknown>;
  // An assignment makes them enumerable.
  for (const name of names) everything[name] = value;
  try {
    return await outcomeOf(flow);
  } finally {
    for (const name of names) delete everything[name];
  }
}

async function outcomeOf(flow: () => Promise<unknown>): Promise<string> {
  const late = new Promise((resolve) => setTimeout(resolve, longest, "no end"));
  try {
    return JSON.stringify(await Promise.race([flow(), late]));
  } catch (error) {
    return String((error as Error).stack);
  }
}
