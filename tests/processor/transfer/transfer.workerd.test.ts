import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { DurableObjectStore } from "../../../adapters/durable-object.ts";
import { createProcessor, MemoryStore } from "../../../mod.ts";
import { exportInstances, importInstances } from "../../../src/router/mod.ts";
import { counterHandlers, counterMessage } from "../../support/counter.ts";
import { testImports } from "./imports-suite.ts";

test("instances move from D1 to a Durable Object, and an event that was applied is not applied again", async () => {
  const from = new D1Store(env.DB);
  await from.clear("Counter");
  const process = createProcessor(counterHandlers, from);
  for (const eventId of ["x", "y"]) await process(counterMessage({ eventId }));
  const lines: string[] = [];
  for await (const line of exportInstances(from, { types: ["Counter"] })) lines.push(line);

  const stub = env.STORAGE.get(env.STORAGE.newUniqueId());
  await runInDurableObject(stub, async (_, { storage }) => {
    const to = new DurableObjectStore(storage);
    expect(await importInstances(to, lines)).toEqual({ imported: 1, kept: 0 });
    const moved = createProcessor(counterHandlers, to);
    await moved(counterMessage({ eventId: "y" }));
    expect(await to.load("Counter", "visits")).toEqual({ count: 2 });
    await moved(counterMessage({ eventId: "z" }));
    expect(await to.load("Counter", "visits")).toEqual({ count: 3 });
  });
});

let tests = 0;

testImports("D1", () => {
  return { type: `Imported${tests++}`, from: new MemoryStore(), to: new D1Store(env.DB) };
});
