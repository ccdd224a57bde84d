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
      { length: 300 },
      (_, id): Item => ({ id, done: false, text: `item ${id}` }),
    ),
  }),
  toggle: (at: number, { items }: { items: readonly Item[] }) => ({
    items: items.map((item) => item.id === at ? { ...item, done: !item.done } : item),
  }),
};
const about = { type: "List", instance: "l" };
const scope = "List:l";

test("a change for 1,000 viewers is encoded once, also while half of them drop, return and come twice, and leaves nothing behind", async () => {
  const { hub, listening } = countingHub();
  // However long the day takes, no sign of life is due.
  const routes = app({ handlers: { List }, hub, heartbeat: 3_600_000 });
  let seed = 1;
  const random = () => (seed = seed * 48_271 % 2_147_483_647) / 2_147_483_647;
  let rev = 1;
  async function toggle(pages: readonly Page[]): Promise<void> {
    vi.mocked(toWire).mockClear();
    await send(routes, { ...about, event: "toggle", payload: rev++ });
    await Promise.all(pages.map(async (page) => {
      while (page.held.get(scope)!.rev < rev) await page.next();
    }));
    // The answer, the frame for all, and nothing for each.
    expect(vi.mocked(toWire).mock.calls.length).toBeLessThan(5);
  }
  async function open(held?: Held): Promise<Page> {
    const { page } = await Page.open(routes, { scope, held });
    await page.next();
    return page;
  }

  /** Runs a day of viewers, and returns how many bytes are in use afterwards. */
  async function runDay(viewers: number): Promise<number> {
    const pages = await Promise.all(Array.from({ length: viewers }, () => open()));
    expect(listening()).toBe(viewers);
    await toggle(pages);

    const gone: Held[] = [];
    const doubles: Promise<Page>[] = [];
    for (const page of pages.splice(0)) {
      if (random() < 0.5) pages.push(page);
      else {
        gone.push(page.held.get(scope)!);
        await page.close();
      }
    }
    await vi.waitFor(() => expect(listening()).toBe(pages.length));
    await toggle(pages);
    // Some come back with what they had, some with nothing, and some twice.
    for (const held of gone) {
      const fate = random();
      doubles.push(open(fate < 0.7 ? held : undefined));
      if (fate > 0.5) doubles.push(open(held));
    }
    pages.push(...await Promise.all(doubles));
    expect(pages.length).toBeGreaterThan(viewers * 1.15);
    expect(listening()).toBe(pages.length);
    await toggle(pages);

    const states = new Set(pages.map((page) => JSON.stringify(page.held.get(scope)!.state)));
    expect(states.size).toBe(1);
    for (const page of pages.splice(0)) await page.close();
    await vi.waitFor(() => expect(listening()).toBe(0));
    gone.length = doubles.length = 0;
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    return process.memoryUsage().heapUsed;
  }

  await send(routes, { ...about, event: "mount" });
  await runDay(100);
  const before = await runDay(100);
  const after = await runDay(1_000);
  expect(after - before).toBeLessThan(4_000_000);
});
