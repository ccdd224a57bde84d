import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { twoWorkers } from "../support/two-workers.ts";
import { runSchedules } from "./network-model/schedule.ts";

// A browser's, which Node lacks: pages listen for `online` and `pageshow`.
vi.stubGlobal("addEventListener", () => {});
vi.stubGlobal("document", { __proto__: { hidden: false } });

const workers = twoWorkers(new URL("./network-model/worker.ts", import.meta.url));
beforeAll(() => workers.listen());
afterAll(async () => {
  vi.unstubAllGlobals();
  await workers.close();
});

test("every page ends with its own view of what is stored, and each event is applied once and settled, in 5 schedules of two Workers on one D1", async () => {
  const processes = ["first", "second"].map((name) => {
    const request = async (url: string, init?: RequestInit) =>
      await workers.getWorker(name).fetch(url, init as never) as unknown as Response;
    return { request, ring: () => request("http://rian.test/ring") };
  });
  async function ask(what: string, id = "all"): Promise<never> {
    const response = await processes[1]!.request(`http://rian.test/stored/${what}/${id}`);
    return await response.json() as never;
  }
  const world = {
    processes,
    storage: {
      list: async (id: string) => await ask("list", id) ?? undefined,
      forget: (id: string) => ask("forget", id),
      marks: () => ask("marks"),
    },
    // About as long as the database takes to answer.
    turn: () => new Promise((resolve) => setTimeout(resolve, 2)),
  };
  const { faults, applied } = await runSchedules(world, { first: 1, count: 5 });
  expect(faults).toEqual([]);
  expect(applied).toBeGreaterThan(10);
});
