import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MemoryStore } from "../../../mod.ts";
import { redisHub } from "../../../examples/hub/redis-hub.ts";
import { createNasc } from "../../../src/router/mod.ts";
import { counterHandlers, counterMessage } from "../../support/counter.ts";
import { EventStream } from "../../support/event-stream.ts";
import { update } from "../../router/support-stream.ts";
import { FakeRedis, FakeRedisClient } from "./fake-redis.ts";

const root = new URL("../../../", import.meta.url);

describe("a hub of Redis, as the documentation shows it", () => {
  let broker: FakeRedis;
  let port: number;
  const closing: (() => void)[] = [];
  beforeEach(async () => {
    broker = new FakeRedis();
    port = await broker.listen();
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) close();
    await broker.close();
  });

  /** Returns what a process has that shares a storage with others, and knows of them by the broker alone. */
  async function newProcess(store: MemoryStore) {
    const client = new FakeRedisClient(port);
    await client.connect();
    const hub = redisHub(client);
    closing.push(() => hub.close(), () => client.destroy());
    const nasc = createNasc({
      handlers: counterHandlers,
      store,
      hub,
      heartbeat: 600_000,
      user: (context) => context.req.header("x-user"),
      authorize: "everyone",
      hosts: "any",
    });
    const open = async (user: string) => {
      const headers = { "x-user": user };
      const path = "/stream?scope=Counter:visits";
      const page = new EventStream(await nasc.app.request(path, { headers }));
      await page.next();
      return page;
    };
    return { ...nasc, hub, open };
  }

  test("is in the documentation as it is tested here", () => {
    const example = readFileSync(new URL("examples/hub/redis-hub.ts", root), "utf8");
    expect(readFileSync(new URL("docs/hubs.md", root), "utf8")).toContain(example);
  });

  test("lets pages of each process hear of the others' events and log-outs", async () => {
    const store = new MemoryStore();
    const [one, two] = [await newProcess(store), await newProcess(store)];
    const page = await two.open("ann");
    const other = await two.open("bob");
    await vi.waitFor(() => expect(broker.subscribers).toBe(1));
    await one.process(counterMessage());
    expect((await page.next()).data).toEqual(update(1, 2));
    await one.hangUp("ann");
    expect((await page.rest()).at(-1)).toMatchObject({ event: "reopen" });
    expect((await other.next()).data).toEqual(update(1, 2));
    await other.close();
    await vi.waitFor(() => expect(broker.subscribers).toBe(0));
  });

  test("makes pages look once it is connected again, and is deaf to strangers", async () => {
    const store = new MemoryStore();
    const [one, two] = [await newProcess(store), await newProcess(store)];
    const page = await two.open("ann");
    await vi.waitFor(() => expect(broker.subscribers).toBe(1));
    broker.publish("rian", "FLUSHALL");
    // What is published now reaches nobody.
    one.hub.close();
    await one.process(counterMessage());
    broker.cut();
    expect((await page.next()).data).toEqual(update(1, 2));
    await page.close();
  });
});
