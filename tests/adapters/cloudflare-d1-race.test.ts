import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestHarness } from "wrangler";
import { type D1Binding, D1Store } from "../../adapters/cloudflare-d1.ts";

// Two Workers, and so two isolates, with one database.
const workers = createTestHarness({
  root: fileURLToPath(new URL("./", import.meta.url)),
  workers: ["first", "second"].map((name) => ({
    config: {
      name,
      main: "increment-d1.ts",
      compatibility_date: "2026-10-01",
      d1_databases: [{ binding: "DB", database_name: "race", database_id: "race" }],
      services: name === "first" ? [{ binding: "OTHER", service: "second" }] : [],
    },
  })),
});
beforeAll(() => workers.listen());
afterAll(() => workers.close());

test("D1Store loses none of 1,000 increments that two Workers make at once", async () => {
  const first = workers.getWorker<{ DB: D1Binding }>("first");
  const conflicts = await (await first.fetch("http://race/")).json() as number;
  const { DB } = await first.getEnv();
  expect(await new D1Store(DB).load("Counter", "n")).toBe(1_000);
  // Otherwise one was done before the other began.
  expect(conflicts).toBeGreaterThan(50);
});
