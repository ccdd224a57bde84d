import { afterAll, beforeAll, expect, test } from "vitest";
import { type D1Binding, D1Store } from "../../../adapters/cloudflare-d1.ts";
import { twoWorkers } from "../../support/two-workers.ts";

const workers = twoWorkers(new URL("./increment-d1.ts", import.meta.url));
beforeAll(() => workers.listen());
afterAll(() => workers.close());

test("D1Store loses none of 1,000 increments that two Workers make at once", async () => {
  const first = workers.getWorker<{ DB: D1Binding }>("first");
  const conflicts = await (await first.fetch("http://race/")).json() as number;
  const { DB } = await first.getEnv();
  expect(await new D1Store(DB).load("Counter", "n")).toBe(1_000);
  // Otherwise one had ended before the other began.
  expect(conflicts).toBeGreaterThan(50);
});
