import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { toWire } from "../../src/processor/to-wire.ts";
import { type Held, Page } from "./support-frames.ts";
import { countingHub, send } from "./support-stream.ts";
import { app } from "./support.ts";

// Counts how often something is written as JSON, without changing what comes out.
vi.mock("../../src/processor/to-wire.ts", { spy: true });

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

interface Item {
  readonly id: number;
  readonly done: boolean;
  readonly text: string;
}

const List = {
  mount: () => ({
    items: Array.from(
      { length: 1_000 },
      (_, id): Item => ({ id, done: false, text: `item ${id}` }),
    ),
  }),
  toggle: (at: number, { items }: { items: readonly Item[] }) => ({
    items: items.map((item) => item.id === at ? { ...item, done: !item.done } : item),
  }),
};
const about = { type: "List", instance: "l" };
const scope = "List:l";

test("a change for 1,000 viewers is encoded once, also while half of them come and go, and leaves nothing behind", async () => {
  const { hub, listening } = countingHub();
  const routes = app({ handlers: { List }, hub });
  let seed = 1;
  const random = () => (seed = seed * 48_271 % 2_147_483_647) / 2_147_483_647;
  const toggle = async (payload: number) => {
    vi.mocked(toWire).mockClear();
    await send(routes, { ...about, event: "toggle", payload });
  };
  async function reach(pages: readonly Page[], rev: number): Promise<void> {
    await Promise.all(pages.map(async (page) => {
      while (page.held.get(scope)!.rev < rev) await page.next();
    }));
  }
  const open = async (held?: Held): Promise<Page> => {
    const { page } = await Page.open(routes, { scope, held });
    await page.next();
    return page;
  };

  /** Runs a day of viewers, and returns how many bytes are in use afterwards. */
  async function runDay(first: number, viewers: number): Promise<number> {
    const pages = await Promise.all(Array.from({ length: viewers }, () => open()));
    expect(listening()).toBe(viewers);
    await toggle(22);
    await reach(pages, first + 1);
    // The answer, the frame for all, and nothing for each.
    expect(vi.mocked(toWire).mock.calls.length).toBeLessThan(5);

    for (let round = 0; round < 1; round++) {
      for (const [index, page] of pages.entries()) {
        if (random() < 0.5) continue;
        const held = page.held.get(scope);
        await page.close();
        // Some come back with what they have, some with nothing, and some twice.
        const fate = random();
        pages[index] = await open(fate < 0.6 ? held : undefined);
        if (fate > 0.9) await (await open(held)).close();
      }
      await toggle(round);
      await reach(pages, first + 2 + round);
      expect(vi.mocked(toWire).mock.calls.length).toBeLessThan(5);
    }
    const states = new Set(pages.map((page) => JSON.stringify(page.held.get(scope)!.state)));
    expect(states.size).toBe(1);
    for (const page of pages) await page.close();
    await vi.waitFor(() => expect(listening()).toBe(0));
    pages.length = 0;
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    return process.memoryUsage().heapUsed;
  }

  await send(routes, { ...about, event: "mount" });
  await runDay(1, 100);
  const before = await runDay(3, 100);
  const after = await runDay(5, 1_000);
  expect(after - before).toBeLessThan(4_000_000);
});
