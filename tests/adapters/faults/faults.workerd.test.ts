import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { DurableObjectStore } from "../../../adapters/durable-object.ts";
import { tryAllFaults } from "./fault-scenario.ts";

const drop = ["A", "B", "C"].map((type) => `drop table if exists "${type}"`);

test("whichever call to D1 fails, a commit is there whole or not at all", async () => {
  const tried = await tryAllFaults({
    async create() {
      await env.DB.batch(drop.map((sql) => env.DB.prepare(sql)));
      return env.DB;
    },
    open: (database) => new D1Store(database),
  });
  expect(tried).toBeGreaterThan(10);
});

test("whichever call to an object's storage fails, a commit is there whole or not at all", async () => {
  const stub = env.STORAGE.get(env.STORAGE.idFromName("faults"));
  const tried = await runInDurableObject(stub, (_, { storage }) => {
    return tryAllFaults({
      create() {
        for (const sql of drop) storage.sql.exec(sql);
        return storage;
      },
      open: (own) => new DurableObjectStore(own),
    });
  });
  expect(tried).toBeGreaterThan(1);
});
