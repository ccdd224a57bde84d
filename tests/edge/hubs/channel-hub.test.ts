import { describe, expect, test, vi } from "vitest";
import { MemoryStore, type News } from "../../../mod.ts";
import { channelHub, type HubOptions, type NewsChannel } from "../../../src/edge/mod.ts";
import { createNasc } from "../../../src/router/mod.ts";
import { counterHandlers, counterMessage } from "../../support/counter.ts";
import { EventStream } from "../../support/event-stream.ts";
import { Heart, update } from "../../router/support-stream.ts";

const source = "app.sqlite";
const a = { type: "Counter", id: "a" };
const change = { kind: "change", ...a, rev: 2, epoch: "e" } as const;

/** Something that carries texts to all who listen, the sender included. */
class Channel implements NewsChannel {
  readonly receivers = new Set<(text: unknown) => void>();
  readonly texts: string[] = [];
  listened = 0;

  send(text: string): void {
    this.texts.push(text);
    for (const receive of [...this.receivers]) receive(text);
  }

  listen(receive: (text: unknown) => void): () => void {
    this.listened++;
    // The same function may listen for two hubs.
    const receiver = (text: unknown) => receive(text);
    this.receivers.add(receiver);
    return () => this.receivers.delete(receiver);
  }
}

/** Returns the hubs of two processes on one channel. */
function twoHubs() {
  const channel = new Channel();
  return { channel, here: channelHub(channel), there: channelHub(channel) };
}

describe("channelHub", () => {
  test("carries news to other processes without a state, and hears its own news once", () => {
    const { channel, here, there } = twoHubs();
    const [mine, theirs] = [vi.fn(), vi.fn()];
    here.subscribe(source, a, mine);
    there.subscribe(source, a, theirs);
    const news: News = { ...change, state: { secret: 1 }, origin: { stream: "s", eventId: "x" } };
    here.publish(source, news);
    expect(mine.mock.calls).toEqual([[news]]);
    const { state: _, ...stateless } = news;
    expect(theirs.mock.calls).toEqual([[stateless]]);
    expect(channel.texts.join()).not.toContain("secret");
  });

  test("brings news to those who follow that address in that storage, until they leave", () => {
    const { here, there } = twoHubs();
    const listener = vi.fn();
    const leave = there.subscribe(source, a, listener);
    here.publish(source, { ...change, id: "b" });
    here.publish(source, { ...change, type: "Counter2" });
    here.publish("other.sqlite", change);
    expect(listener).not.toHaveBeenCalled();
    leave();
    leave();
    here.publish(source, change);
    expect(listener).not.toHaveBeenCalled();
  });

  test("carries what is broadcast, but not where another storage may have the same name", () => {
    const said = { kind: "broadcast", ...a, payload: { x: [1] }, origin: { stream: "s" } } as const;
    const tenants = [{ name: "x" }, { name: "y" }] as const;
    const heard = (sources: readonly (string | object)[], options: HubOptions = {}) => {
      const channel = new Channel();
      const [here, there] = [channelHub(channel, options), channelHub(channel, options)];
      const listeners = [here, there].flatMap((hub) =>
        sources.map((source) => {
          const listener = vi.fn();
          hub.subscribe(source, a, listener);
          return listener;
        })
      );
      here.publish(sources[0]!, said);
      return listeners.map(({ mock }) => mock.calls.map(([news]) => news));
    };
    const [once, never] = [[said], []];
    expect(heard(["x.sqlite", "y.sqlite"])).toEqual([once, never, once, never]);
    expect(heard(tenants)).toEqual([once, never, never, never]);
    const nameOf = (source: object | string) => (source as { name: string }).name;
    expect(heard(tenants, { nameOf })).toEqual([once, never, once, never]);
  });

  test("takes storages that are no texts for one, unless nameOf tells them apart", () => {
    const tenants = [{ name: "x" }, { name: "y" }] as const;
    const heard = (nameOf?: (source: object | string) => string) => {
      const channel = new Channel();
      const options = nameOf ? { nameOf } : {};
      const [here, there] = [channelHub(channel, options), channelHub(channel, options)];
      const listeners = tenants.map(() => vi.fn());
      // In another process, a storage is another object.
      for (const [index, { name }] of tenants.entries()) {
        there.subscribe({ name }, a, listeners[index]!);
      }
      here.publish(tenants[0], { ...change, state: {} });
      return listeners.map(({ mock }) => mock.calls.length);
    };
    expect(heard()).toEqual([1, 1]);
    expect(heard((tenant) => (tenant as { name: string }).name)).toEqual([1, 0]);
  });

  test("hands a state to those who named the very storage, and to nobody else in the process", () => {
    const hub = channelHub(new Channel());
    const [mine, others] = [{}, {}];
    const [same, other] = [vi.fn(), vi.fn()];
    hub.subscribe(mine, a, same);
    hub.subscribe(others, a, other);
    hub.publish(mine, { ...change, state: { count: 1 } });
    expect(same).toHaveBeenCalledWith({ ...change, state: { count: 1 } });
    expect(other).toHaveBeenCalledWith(change);
  });

  const from = "another process";
  const carried = (news: unknown) => JSON.stringify({ from, source, news });
  test.for<[string, unknown]>([
    ["no text", { from, source, news: change }],
    ["no JSON", "{"],
    ["a number", "7"],
    ["null", "null"],
    ["a list", "[]"],
    ["nobody's news", JSON.stringify({ source, news: change })],
    ["news of no storage", JSON.stringify({ from, news: change })],
    ["news that are a text", carried("change")],
    ["news of another kind", carried({ ...change, kind: "drop" })],
    ["news of the kind of all objects", carried({ ...change, kind: "constructor" })],
    ["an id that is no text", carried({ ...change, id: { toString: 1 } })],
    ["a type that is a list", carried({ ...change, type: ["Counter"] })],
    ["a revision that is a text", carried({ ...change, rev: "2" })],
    [
      "a revision beyond all numbers",
      `{"from":"x","source":"${source}","news":{"kind":"change","type":"Counter","id":"a","rev":1e999}}`,
    ],
    ["a negative revision", carried({ ...change, rev: -1 })],
    ["an epoch that no epoch can be", carried({ ...change, epoch: "e\ndata: x" })],
    ["a user who is no text", carried({ kind: "hangUp", ...a, user: { $ne: 1 } })],
    ["a text without end", carried({ ...change, id: "x".repeat(1_000_000) })],
    ["a prototype", `{"__proto__":{"from":"x","source":"${source}","news":{}}}`],
    ["a broadcast of nothing", carried({ kind: "broadcast", ...a })],
    [
      "a broadcast of too much",
      carried({ kind: "broadcast", ...a, payload: "x".repeat(4_096) }),
    ],
    [
      "a broadcast that pollutes",
      carried({ kind: "broadcast", ...a, payload: { constructor: { prototype: { x: 1 } } } }),
    ],
    [
      "a broadcast with a prototype",
      carried({ kind: "broadcast", ...a, payload: 0 }).replace(":0", ':{"__proto__":{"x":1}}'),
    ],
  ])("ignores what others write to its channel: %s", ([, text]) => {
    const channel = new Channel();
    const onError = vi.fn();
    const hub = channelHub(channel, { onError });
    const listener = vi.fn();
    hub.subscribe(source, a, listener);
    for (const receive of channel.receivers) receive(text);
    expect(listener).not.toHaveBeenCalled();
    channel.send(carried(change));
    expect(listener.mock.calls).toEqual([[change]]);
    expect(onError).not.toHaveBeenCalled();
  });

  test("hands on nothing of news but what it knows: no state, and no more of an origin", () => {
    const channel = new Channel();
    const hub = channelHub(channel);
    const listener = vi.fn();
    hub.subscribe(source, a, listener);
    const state = { html: "<img onerror>" };
    channel.send(carried({ ...change, state, user: "ann", origin: { stream: 1, eventId: "x" } }));
    channel.send(carried({ ...change, origin: { stream: "s", eventId: "x", more: 1 } }));
    channel.send(
      `{"from":"x","source":"${source}","news":${
        JSON.stringify(change).replace("{", '{"__proto__":{"state":{}},')
      }}`,
    );
    const origin = { stream: "s", eventId: "x" };
    expect(listener.mock.calls).toEqual([[change], [{ ...change, origin }], [change]]);
    for (const [news] of listener.mock.calls) expect("state" in news).toBe(false);
  });

  test("listens to the channel while anybody listens to it, and keeps nothing of 10,000 who left", () => {
    const channel = new Channel();
    const hub = channelHub(channel);
    const leaves = Array.from({ length: 10_000 }, (_, index) => {
      return hub.subscribe({}, { type: "Counter", id: String(index % 100) }, () => {});
    });
    expect([channel.receivers.size, channel.listened]).toEqual([1, 1]);
    for (const leave of leaves.slice(1)) leave();
    expect(channel.receivers.size).toBe(1);
    leaves[0]!();
    expect(channel.receivers.size).toBe(0);
    hub.subscribe(source, a, vi.fn())();
    expect([channel.receivers.size, channel.listened]).toEqual([0, 2]);
  });

  test("waits for a channel that takes time to listen and to stop, one after the other", async () => {
    const log: string[] = [];
    const gates: (() => void)[] = [];
    const gate = (name: string) =>
      new Promise<void>((resolve) => gates.push(() => (log.push(name), resolve())));
    const hub = channelHub({
      send() {},
      async listen() {
        log.push("listen");
        await gate("listening");
        return () => {
          log.push("stop");
          return gate("stopped");
        };
      },
    });
    const pass = async () => {
      await vi.waitFor(() => expect(gates.length).toBeGreaterThan(0));
      gates.shift()!();
    };
    const leave = hub.subscribe(source, a, vi.fn());
    leave();
    hub.subscribe(source, a, vi.fn())();
    await pass();
    // While it stops, somebody comes.
    await vi.waitFor(() => expect(log).toContain("stop"));
    hub.subscribe(source, a, vi.fn());
    await pass();
    await pass();
    expect(log).toEqual(["listen", "listening", "stop", "stopped", "listen", "listening"]);
  });

  test("makes streams look once a channel listens that takes time, and when it has missed something", async () => {
    const ready = Promise.withResolvers<() => void>();
    let missed = () => {};
    const hub = channelHub({
      send() {},
      listen(_, lost) {
        missed = lost;
        return ready.promise;
      },
    });
    const [heard, hangUps] = [vi.fn(), vi.fn()];
    for (const _ of "ab") hub.subscribe(source, a, (news) => heard(news));
    hub.subscribe("_nasc", { type: "_nasc", id: "hangUp" }, hangUps);
    ready.resolve(() => {});
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(2));
    missed();
    // Of no creation that an instance may have, so whoever hears it reads the instance.
    expect(heard.mock.calls).toEqual(Array(4).fill([{ kind: "change", ...a, rev: 0, epoch: "0" }]));
    expect(hangUps).not.toHaveBeenCalled();
  });

  test.for<[string, () => never | Promise<never>]>([
    ["throws", () => {
      throw new Error("no route to the broker");
    }],
    ["rejects", () => Promise.reject(new Error("no route to the broker"))],
  ])(
    "reports a channel whose listen %s, and asks it again for the next listener",
    async ([, fail]) => {
      const channel = new Channel();
      const onError = vi.fn();
      let fails = true;
      const hub = channelHub({
        send: (text) => channel.send(text),
        listen: (receive) => fails ? fail() : channel.listen(receive),
      }, { onError });
      const listener = vi.fn();
      hub.subscribe(source, a, listener);
      await vi.waitFor(() => expect(onError).toHaveBeenCalledTimes(1));
      expect(onError.mock.calls[0]![0].message).toBe("no route to the broker");
      fails = false;
      hub.subscribe(source, a, vi.fn());
      channelHub(channel).publish(source, change);
      expect(listener).toHaveBeenCalledWith(change);
    },
  );

  test("serves its own process alone once it is closed", () => {
    const closed = vi.fn();
    const channel: Channel & { close?: () => void } = new Channel();
    channel.close = closed;
    const listener = vi.fn();
    {
      using hub = channelHub(channel);
      hub.subscribe(source, a, listener);
      hub.close();
    }
    const hub = channelHub(channel);
    hub.subscribe(source, a, listener);
    hub.close();
    hub.close();
    expect([channel.receivers.size, closed.mock.calls.length]).toEqual([0, 2]);
    hub.publish(source, change);
    expect([listener.mock.calls.length, channel.texts.length]).toEqual([1, 0]);
  });

  test("refuses news of an address that is too long to cross", () => {
    const hub = channelHub(new Channel());
    expect(() => hub.publish(source, { ...change, id: "x".repeat(20_000) })).toThrow(
      /^Cannot publish news of Counter: with its address it has \d+ characters, and a hub carries 16384; use shorter ids$/,
    );
  });

  test.for<[string, unknown, unknown]>([
    ["channel is undefined", undefined, {}],
    ["channel is a value of type Object", { send() {} }, {}],
    ["nameof is not an option", new Channel(), { nameof: String }],
    ["onError is 7", new Channel(), { onError: 7 }],
  ])("says what is wrong: %s", ([message, channel, options]) => {
    expect(() => channelHub(channel as NewsChannel, options as object)).toThrow(
      `Cannot make a hub of a channel: ${message}`,
    );
  });
});

test("a stream finds at its heartbeat what was written while its hub had a gap", async () => {
  const channel = new Channel();
  const store = new MemoryStore();
  const heart = new Heart();
  const options = {
    handlers: counterHandlers,
    store,
    authorize: "everyone",
    hosts: "any",
  } as const;
  const here = createNasc({ ...options, hub: channelHub(channel), clock: heart.clock });
  const there = createNasc({ ...options, hub: channelHub(channel) });
  const page = new EventStream(await here.app.request("/stream?scope=Counter:visits"));
  expect((await page.next()).data).toEqual(update(0, 1));
  await there.process(counterMessage());
  expect((await page.next()).data).toEqual(update(1, 2));
  const cut = [...channel.receivers];
  channel.receivers.clear();
  await there.process(counterMessage());
  expect((await heart.beatUntil(page.next())).data).toEqual(update(2, 3));
  for (const receive of cut) channel.receivers.add(receive);
  await there.process(counterMessage());
  expect((await page.next()).data).toEqual(update(3, 4));
  await page.close();
});
