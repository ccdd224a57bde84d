import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../mod.ts";
import { attachNasc, createNasc, nasc } from "../../src/router/mod.ts";
import { counterHandlers as handlers, counterMessage, errorCode } from "../support/counter.ts";
import { open, update } from "./support-stream.ts";

const forAll = { handlers, authorize: "everyone", hosts: "any" } as const;

describe("createNasc", () => {
  test("runs messages from inside the server, and open pages see what they change", async () => {
    const store = new MemoryStore();
    const own = createNasc({ ...forAll, store });
    expect(own.store).toBe(store);
    const page = await open(new Hono().route("/nasc", own.app));
    await page.next();
    expect(await own.process(counterMessage({ payload: 3 }))).toMatchObject([{ value: 3, rev: 2 }]);
    expect((await page.next()).data).toEqual(update(3, 2));
    await page.close();
  });

  test("reports a refused message as a patch, as createProcessor does", async () => {
    const { process } = createNasc({ handlers, store: new MemoryStore() });
    expect(errorCode(await process(counterMessage({ type: "constructor" })))).toBe(
      "unknown-type",
    );
  });

  test("has no store, and refuses to process messages, if the store comes with the request", async () => {
    const own = createNasc({ handlers, store: () => new MemoryStore() });
    expect(own.store).toBeUndefined();
    await expect(own.process(counterMessage())).rejects.toThrow(
      "Cannot process a message outside a request: the store is a function of the request; " +
        "call createProcessor with the store",
    );
  });

  test("gives nasc its app, and attachNasc its store and process", async () => {
    const store = new MemoryStore();
    const [app, bare] = [new Hono(), nasc({ ...forAll, store })];
    const attached = attachNasc({ app, ...forAll, store, path: "/live" });
    expect(attached.store).toBe(store);
    await attached.processMessage(counterMessage({ event: "mount" }));
    expect((await app.request("/live/health")).status).toBe(200);
    expect((await bare.request("/health")).status).toBe(200);
  });
});
