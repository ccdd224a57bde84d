import type { Address } from "./address.ts";
import type { Limit } from "./call-handler.ts";
import { partsOf } from "./handler-parts.ts";
import { findHandler, type Handlers } from "./handlers.ts";

/**
 * Refuses states that are not what the schemas of their handlers say. They are mistakes of a handler, not of a sender.
 *
 * @throws {TypeError} that names the instance and what is wrong with its state
 */
export async function assertStates(
  changes: readonly (Address & { readonly state: object })[],
  { handlers, limit }: { readonly handlers: Handlers; readonly limit: Limit },
): Promise<void> {
  for (const { type, id, state } of changes) {
    const check = partsOf(findHandler(handlers, type)).checks.get("state");
    if (!check) continue;
    const name = `the state of ${type}/${id}`;
    // What the schema makes of it is not stored, or states would differ by where they are checked.
    const verdict = await check(structuredClone(state), { name, limit });
    if (verdict.ok) continue;
    const { fields, whole } = verdict.problems;
    const problems = [...whole === undefined ? [] : [whole]];
    for (const [path, problem] of fields) problems.push(`${path}: ${problem}`);
    throw new TypeError(
      `Cannot store ${name}: it does not fit schemas.state (${problems.join("; ")}); ` +
        "correct what the handler returns, or the schema",
    );
  }
}
