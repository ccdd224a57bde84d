import { afterAll, expect, test } from "vitest";
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import { tryAllFaults } from "./fault-scenario.ts";

const opened: Deno.Kv[] = [];
afterAll(() => {
  for (const kv of opened) kv.close();
});

test("whichever call to Deno KV fails, a commit is there whole or not at all", async () => {
  const tried = await tryAllFaults({
    async create() {
      const kv = await Deno.openKv(":memory:");
      opened.push(kv);
      return kv;
    },
    open: (kv) => new DenoKvStore(kv),
  });
  expect(tried).toBeGreaterThan(20);
});
