import type { Context } from "hono";
import { describe, expect, test } from "vitest";
import { waitUntilOf } from "../../src/router/wait-until.ts";

const work = Promise.resolve();

/** Counts how often requests without an execution context are asked for one. */
function withoutContext(): { readonly context: Context; readonly asked: () => number } {
  let asked = 0;
  const context = {
    get executionCtx(): never {
      asked++;
      throw new Error("This context has no ExecutionContext");
    },
  };
  return { context: context as unknown as Context, asked: () => asked };
}

function withContext(): { readonly context: Context; readonly kept: Promise<unknown>[] } {
  const kept: Promise<unknown>[] = [];
  const executionCtx = { waitUntil: (work: Promise<unknown>) => kept.push(work) };
  return { context: { executionCtx } as unknown as Context, kept };
}

describe("work that outlives its request", () => {
  test.for(["node", "deno", "bun", "workerd", "fastly"])(
    "is kept by each execution context that a request brings in %s",
    (runtime) => {
      const waitUntil = waitUntilOf(runtime);
      const { context, kept } = withContext();
      waitUntil(context, work);
      waitUntil(context, work);
      expect(kept).toEqual([work, work]);
    },
  );

  test.for(["node", "deno", "bun"])(
    "goes on by itself in %s, where one request without an execution context is asked for all",
    (runtime) => {
      const waitUntil = waitUntilOf(runtime);
      const { context, asked } = withoutContext();
      for (let time = 0; time < 3; time++) waitUntil(context, work);
      expect(asked()).toBe(1);
    },
  );

  test("is kept in a Worker after a request of its own without an execution context", () => {
    const waitUntil = waitUntilOf("workerd");
    const { context, kept } = withContext();
    waitUntil(withoutContext().context, work);
    waitUntil(context, work);
    expect(kept).toEqual([work]);
  });
});
