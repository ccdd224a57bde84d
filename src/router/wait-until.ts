import type { Context } from "hono";
import { getRuntimeKey } from "hono/adapter";

/** The runtimes whose processes go on after a response, with or without an execution context. */
const lasting: readonly string[] = ["node", "deno", "bun"];

/** Lets work outlive its request. */
export type WaitUntil = (context: Context, work: Promise<unknown>) => void;

/**
 * Returns what lets work outlive its request, by the execution context that the platform gave with it. To ask for one
 * that is not there throws, which takes longer than much of a request; so where work goes on anyway, and one request
 * had none, no other is asked.
 */
export function waitUntilOf(runtime: string = getRuntimeKey()): WaitUntil {
  let isAsked = true;
  return (context, work) => {
    if (!isAsked) return;
    try {
      context.executionCtx.waitUntil(work);
    } catch {
      // Hono throws if there is none.
      isAsked = !lasting.includes(runtime);
    }
  };
}
