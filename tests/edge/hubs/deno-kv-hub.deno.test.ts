import { afterEach, describe, expect, test, vi } from "vitest";
import type { News } from "../../../mod.ts";
import type { DenoKvBinding } from "../../../adapters/deno-kv.ts";
import { denoKvHub } from "../../../src/edge/mod.ts";
import { SteppedClock } from "../../support/clock.ts";

const source = "app";
const a = { type: "Counter", id: "a" };
const change = { kind: "change", ...a, rev: 2, epoch: "e" } as const;

let kv: Deno.Kv;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).toReversed()) close();
});

async function openKv(): Promise<Deno.Kv> {
  kv = await Deno.openKv(":memory:");
  closing.push(() => kv.close());
  return kv;
}

/** Returns a hub, and what it has heard of a counter. */
function hearing(options: Parameters<typeof denoKvHub>[1] = {}, binding: DenoKvBinding = kv) {
  const hub = denoKvHub(binding, options);
  const heard: News[] = [];
  const leave = hub.subscribe(source, a, (news) => {
    // Once it listens, it makes its listeners look.
    if (news.kind === "change" && news.rev > 0) heard.push(news);
  });
  closing.push(() => hub.close());
  return { hub, heard, leave };
}

/** Calls again and again what the hub may not hear yet, since it takes a while to begin. */
async function until(call: () => unknown, check: () => void): Promise<void> {
  await vi.waitFor(async () => {
    await call();
    check();
  }, { timeout: 10_000 });
}

describe("denoKvHub", () => {
  test("hears by kv.watch of what another hub of the database publishes, once and in order", async () => {
    await openKv();
    const [here, there] = [hearing(), hearing()];
    await until(
      () => there.hub.publish(source, { ...change, rev: 1 }),
      () => expect(here.heard.length).toBeGreaterThan(0),
    );
    const revsOf = (heard: readonly News[]) =>
      heard.flatMap((news) => news.kind === "change" && news.rev > 1 ? [news.rev] : []);
    const revs = Array.from({ length: 500 }, (_, index) => index + 2);
    await Promise.all(revs.map((rev) => there.hub.publish(source, { ...change, rev })));
    await vi.waitFor(() => expect(revsOf(here.heard).length).toBe(500));
    expect(revsOf(here.heard)).toEqual(revs);
    expect(revsOf(there.heard)).toEqual(revs);
  });

  test("puts the news that wait into one note, and keeps no state", async () => {
    await openKv();
    const hub = denoKvHub(kv, { prefix: ["app"] });
    const news = (id: number): News => ({ ...change, id: `${id}`, state: { secret: true } });
    await Promise.all(Array.from({ length: 300 }, (_, id) => hub.publish(source, news(id))));
    const notes = [];
    for await (const note of kv.list<string[]>({ prefix: ["app", 5] })) notes.push(note.value);
    expect(notes.length).toBeLessThan(10);
    expect(notes.flat().map((text) => JSON.parse(text).news.id))
      .toEqual(Array.from({ length: 300 }, (_, id) => `${id}`));
    expect(notes.flat().join()).not.toContain("secret");
  });

  test("looks after `poll` milliseconds, only while somebody listens", async () => {
    await openKv();
    const clock = new SteppedClock();
    const { heard, leave } = hearing({ poll: 50, clock });
    const there = denoKvHub(kv);
    await vi.waitFor(() => expect(clock.dues).toEqual([50]));
    await there.publish(source, change);
    expect(heard).toEqual([]);
    clock.pass(50);
    await vi.waitFor(() => expect(heard).toEqual([change]));
    await vi.waitFor(() => expect(clock.dues).toEqual([50]));
    leave();
    expect(clock.waiting).toBe(0);
  });

  test("ignores what others write where its notes are", async () => {
    await openKv();
    const clock = new SteppedClock();
    const onError = vi.fn();
    const { heard } = hearing({ poll: 50, clock, onError });
    await vi.waitFor(() => expect(clock.dues).toEqual([50]));
    const stamped = ["rian", 5, kv.commitVersionstamp() as unknown as string];
    const values: unknown[] = [7, "x", { 0: "x", length: 1 }, [1, null, "{", {}], ["[]"]];
    for (const value of values) {
      await kv.atomic().set(stamped, value).set(["rian", 5], 1).commit();
    }
    await kv.set(["rian", 5, "ffffffffffffffffffff"], ["from the future"]);
    await kv.set(["rian", 5, 1], ["a number"]);
    await kv.set(["rian", 5], { hostile: true });
    await denoKvHub(kv).publish(source, change);
    clock.pass(50);
    await vi.waitFor(() => expect(heard).toEqual([change]));
    await denoKvHub(kv).publish(source, { ...change, rev: 3 });
    await vi.waitFor(() => expect(clock.dues).toEqual([50]));
    clock.pass(50);
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    expect(onError).not.toHaveBeenCalled();
  });

  test("rejects what it cannot send, reports once what it cannot hear, and hears again", async () => {
    await openKv();
    const clock = new SteppedClock();
    const onError = vi.fn();
    let fails = false;
    const failing = new Proxy(kv, {
      get(target, name) {
        if (name === "get" && fails) return () => Promise.reject(new Error("the network is gone"));
        if (name === "atomic" && fails) {
          return () => {
            throw new Error("the network is gone");
          };
        }
        const member = Reflect.get(target, name);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
    const { hub, heard } = hearing({ poll: 50, clock, onError }, failing);
    await vi.waitFor(() => expect(clock.dues).toEqual([50]));
    fails = true;
    await expect(hub.publish(source, change)).rejects.toThrow("the network is gone");
    heard.length = 0;
    for (let times = 0; times < 3; times++) {
      clock.pass(1_000);
      await vi.waitFor(() => expect(clock.dues).toEqual([1_000]));
    }
    expect(onError).toHaveBeenCalledTimes(1);
    fails = false;
    await denoKvHub(kv).publish(source, { ...change, rev: 3 });
    clock.pass(1_000);
    await vi.waitFor(() => expect(heard).toEqual([{ ...change, rev: 3 }]));
  });

  test("says what is wrong", async () => {
    await openKv();
    expect(() => denoKvHub({} as Deno.Kv)).toThrow("Cannot make a hub of Deno KV: kv is");
    expect(() => denoKvHub(kv, { interval: 5 } as object)).toThrow("interval is not an option");
    const client = { get() {}, list() {}, atomic() {}, watch() {} };
    expect(() => denoKvHub(client as unknown as Deno.Kv)).toThrow(
      "Cannot make a hub of Deno KV: this client has no commitVersionstamp, which keeps news in " +
        "order; use a Deno.Kv",
    );
  });
});
