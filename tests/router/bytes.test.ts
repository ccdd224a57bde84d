import type { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import type { Frame } from "../../src/processor/frames.ts";
import { EventStream } from "../support/event-stream.ts";
import { app as appOf } from "./support.ts";
import { have, type Held, Page, send2 } from "./support-frames.ts";

interface Item {
  readonly id: number;
  readonly title: string;
  readonly completed: boolean;
}

interface List {
  readonly items: readonly Item[];
}

const TodoList = {
  mount: (): List => ({
    items: Array.from({ length: 1_000 }, (_, id) => itemOf(id)),
  }),
  toggle: (at: number, { items }: List): List => ({
    items: items.map((item, index) =>
      index === at ? { ...item, completed: !item.completed } : item
    ),
  }),
  move: ({ from, to }: { from: number; to: number }, { items }: List): List => ({
    items: items.toSpliced(from, 1).toSpliced(to, 0, items[from]!),
  }),
  remove: (at: number, { items }: List): List => ({ items: items.toSpliced(at, 1) }),
  insert: (at: number, { items }: List): List => ({
    items: items.toSpliced(at, 0, itemOf(Math.max(...items.map(({ id }) => id)) + 1)),
  }),
};
const scope = "TodoList:my-list";

function itemOf(id: number): Item {
  return { id, title: `To-do number ${id}`, completed: false };
}

function listApp(): Hono {
  const store = new SqliteStore(":memory:");
  onTestFinished(() => store.close());
  return appOf({ handlers: { TodoList }, store });
}

async function send(app: Hono, event: string, payload: unknown): Promise<void> {
  await send2(app, { type: "TodoList", instance: "my-list", event, payload });
}

/** Opens a stream and returns the bytes of its first two frames, with what frames them, and the second. */
async function reconnect(app: Hono, held: Held): Promise<{ bytes: number; frame: Frame }> {
  const query = new URLSearchParams({ scope, have: have(held) });
  const stream = new EventStream(await app.request(`http://rian.test/nasc/stream?${query}`));
  const frames = [await stream.frame(), await stream.frame()];
  await stream.close();
  const bytes = new TextEncoder().encode(frames.map((frame) => `${frame}\n\n`).join("")).length;
  return { bytes, frame: JSON.parse(frames[1]!.slice("data: ".length)) };
}

describe("a list of 1,000 items in SQLite", () => {
  test("takes fewer than 150 bytes on the stream for a toggle, a move and a removal", async () => {
    const app = listApp();
    const stream = new EventStream(
      await app.request(`http://rian.test/nasc/stream?scope=${scope}&have=`),
    );
    await stream.frame();
    await stream.frame();
    for (
      const [event, payload] of [
        ["toggle", 522],
        ["move", { from: 0, to: 999 }],
        ["move", { from: 998, to: 1 }],
        ["remove", 500],
      ] as const
    ) {
      await send(app, event, payload);
      expect(`${await stream.frame()}\n\n`.length, event).toBeLessThan(150);
    }
    await stream.close();
  });

  test("takes fewer than 1,500 bytes in the mean for a page that has missed up to 20 changes", async () => {
    const app = listApp();
    const { page } = await Page.open(app, { scope });
    await page.next();
    await page.close();
    let random = 7;
    const below = (limit: number) => (random = random * 16_807 % 2_147_483_647) % limit;
    const bytes: number[] = [];
    for (let missed = 0; missed <= 20; missed++) {
      const held = page.held.get(scope)!;
      for (let change = 0; change < missed; change++) {
        const at = below(900);
        // Half are toggles, a quarter moves.
        const [event, payload] = ([
          ["toggle", at],
          ["toggle", at],
          ["move", { from: at, to: below(900) }],
          [below(2) === 0 ? "remove" : "insert", at],
        ] as const)[below(4)]!;
        await send(app, event, payload);
      }
      const { bytes: sent, frame } = await reconnect(app, held);
      expect(frame.action).toBe("patch");
      bytes.push(sent);
      const next = await Page.open(app, { scope, held });
      await next.page.next();
      await next.page.close();
      page.held.set(scope, next.page.held.get(scope)!);
    }
    const mean = bytes.reduce((sum, each) => sum + each) / bytes.length;
    expect(mean).toBeLessThan(1_500);
  });
});
