import { expect, test } from "vitest";
import { type Adapter, createProcessor, type Patch, type Processor } from "../../../mod.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { errorCode } from "../../support/counter.ts";
import { type Mailbox, mailboxes, mortal, type Sending } from "./mailbox.ts";

/** A store of nothing. */
export interface EmptyStore {
  /** Returns a store on the storage, each time another one. */
  readonly open: () => Adapter;
}

/** What is killed has nobody to report to. */
const silent = { onError: () => {} };

const queueTypes = ["_nasc_outbox", "_nasc_delayed", "_nasc_dead"];

function ask(
  process: Processor,
  id: string,
  event: string,
  payload: readonly Sending[] | string,
  eventId?: string,
): Promise<Patch[]> {
  const message = { type: "Mailbox", instance: id, event, payload };
  return process({ ...message, ...(eventId !== undefined && { eventId }) });
}

async function waiting(store: Adapter): Promise<number[]> {
  return await Promise.all(queueTypes.map(async (type) => {
    let count = 0;
    for await (const _ of store.list(type)) count++;
    return count;
  }));
}

function mailbox(store: Adapter, id: string): Promise<Mailbox | null> {
  return store.load("Mailbox", id);
}

/** Removes what a test may have left in a store. */
export async function emptyTypes(store: Adapter): Promise<void> {
  for (const type of ["Mailbox", "_nasc_gone", "_nasc_receipts", ...queueTypes]) {
    await store.clear(type);
  }
}

/** Returns tests, by name, of what instances send to each other on an adapter that compares. */
export function sendCases(
  prepare: () => EmptyStore,
): Readonly<Record<string, () => Promise<void>>> {
  async function arrive(): Promise<void> {
    const { open } = prepare();
    const store = open();
    const process = createProcessor(mailboxes, store);
    await ask(process, "a", "send", [
      { to: "b", lines: [1, 2] },
      { to: "c", lines: ["first"] },
      { to: "b", lines: [3] },
      { to: "a", lines: ["to itself"] },
    ]);
    await process.drain();
    await ask(process, "a", "send", [{ to: "b", lines: [4] }]);
    await process.drain();
    const b = (await mailbox(store, "b"))!;
    expect(b.got).toEqual([1, 2, 3, 4]);
    expect(b.from).toEqual(Array(4).fill("Mailbox/a"));
    expect(new Set(b.ids).size).toBe(4);
    expect((await mailbox(store, "c"))?.got).toEqual(["first"]);
    expect((await mailbox(store, "a"))?.got).toEqual(["to itself"]);
    expect(await waiting(store)).toEqual([0, 0, 0]);
  }

  async function refused(): Promise<void> {
    const { open } = prepare();
    const store = open();
    const process = createProcessor(mailboxes, store);
    expect(errorCode(await ask(process, "a", "send_and_fail", [{ to: "b", lines: [1] }])))
      .toBe("refused");
    await process.drain();
    expect(await mailbox(store, "b")).toBeNull();
    expect(await waiting(store)).toEqual([0, 0, 0]);
  }

  async function repeated(): Promise<void> {
    const { open } = prepare();
    const store = open();
    const processes = [store, open()].map((store) => createProcessor(mailboxes, store));
    for (const process of [...processes, ...processes]) {
      const patches = await ask(process, "a", "send", [{ to: "b", lines: [1] }], "once");
      expect(errorCode(patches)).toBeUndefined();
      await process.drain();
    }
    expect((await mailbox(store, "b"))?.got).toEqual([1]);
  }

  async function left(): Promise<void> {
    const { open } = prepare();
    const store = open();
    const { store: killed } = mortal(open(), (types) => types.includes("_nasc_outbox"));
    const dying = createProcessor(mailboxes, killed, silent);
    void ask(dying, "a", "send", [{ to: "b", lines: [1, 2] }]);
    await expect.poll(() => waiting(store)).toEqual([2, 0, 0]);
    expect(await mailbox(store, "b")).toBeNull();

    const process = createProcessor(mailboxes, open());
    // What is sent later to the same instance does not overtake what was left.
    await ask(process, "a", "send", [{ to: "b", lines: [3] }]);
    await process.drain();
    expect((await mailbox(store, "b"))?.got).toEqual([1, 2, 3]);
    expect(await waiting(store)).toEqual([0, 0, 0]);
  }

  async function deleted(): Promise<void> {
    const { open } = prepare();
    const store = open();
    const { store: killed } = mortal(open(), (types) => types.includes("_nasc_outbox"));
    void ask(createProcessor(mailboxes, killed, silent), "a", "send_and_go", [{
      to: "b",
      lines: [1],
    }]);
    await expect.poll(() => waiting(store)).toEqual([1, 0, 0]);
    expect(await mailbox(store, "a")).toBeNull();
    const process = createProcessor(mailboxes, open());
    await ask(process, "a", "send", [{ to: "b", lines: [2] }]);
    await process.drain();
    expect((await mailbox(store, "b"))?.got).toEqual([1, 2]);
  }

  async function dead(): Promise<void> {
    const { open } = prepare();
    const store = open();
    const reported: string[] = [];
    const onError = (error: unknown) => void reported.push(String(error));
    const process = createProcessor(mailboxes, store, { onError });
    await ask(process, "a", "send", [
      { to: "b", lines: [1] },
      { to: "b", event: "refuse", lines: ["x"] },
      { to: "b", event: "refuse", lines: ["y"] },
      { to: "b", lines: [2] },
    ]);
    await process.drain();
    expect((await mailbox(store, "b"))?.got).toEqual([1, 2]);
    expect(await waiting(store)).toEqual([0, 0, 2]);
    expect(reported).toEqual([
      expect.stringMatching(/^Error: Cannot deliver Mailbox.refuse .*There is no room for x/),
      expect.stringMatching(/^Error: Cannot deliver Mailbox.refuse .*There is no room for y/),
    ]);

    const [first] = await process.deadMessages({ limit: 1 });
    expect(first).toMatchObject({
      sender: { type: "Mailbox", id: "a" },
      type: "Mailbox",
      id: "b",
      event: "refuse",
      payload: "x",
      code: "full",
    });
    const [second] = await process.deadMessages({ after: first!.key });
    expect(second).toMatchObject({ event: "refuse", payload: "y", code: "full" });
    expect(await process.discard(first!.key)).toBe(true);
    expect(await process.discard(first!.key)).toBe(false);
    // The code has learned what it could not do.
    const Mailbox = { ...mailboxes["Mailbox"]!, refuse: mailboxes["Mailbox"]!["get"]! };
    const newer = createProcessor({ Mailbox }, open());
    expect(await newer.resend(second!.key)).toBe(true);
    expect(await newer.resend(second!.key)).toBe(false);
    await newer.drain();
    expect((await mailbox(store, "b"))?.got).toEqual([1, 2, "y"]);
    expect((await mailbox(store, "b"))?.ids.at(-1)).toBe(second!.eventId);
    expect(await newer.deadMessages()).toEqual([]);
  }

  async function unchanging(): Promise<void> {
    const { open } = prepare();
    const store = open();
    const process = createProcessor(mailboxes, store);
    await ask(process, "b", "get", "from a page");
    const before = (await store.get("Mailbox", "b"))!.version;
    await ask(process, "a", "send", [{ to: "b", event: "ignore", lines: [1] }]);
    await process.drain();
    expect((await store.get("Mailbox", "b"))!.version).toBe(before);
    expect(await waiting(store)).toEqual([0, 0, 0]);
    expect((await mailbox(store, "b"))?.from).toEqual(["a page"]);
  }

  async function several(): Promise<void> {
    const { open } = prepare();
    const store = open();
    const { store: killed } = mortal(open(), (types) => types.includes("_nasc_outbox"));
    const lines = Array.from({ length: 30 }, (_, index) => index);
    const sendings = ["b", "c", "d"].map((to) => ({ to, lines }));
    void ask(createProcessor(mailboxes, killed, silent), "a", "send", sendings);
    await expect.poll(() => waiting(store)).toEqual([90, 0, 0]);
    const processes = Array.from({ length: 3 }, () => createProcessor(mailboxes, open()));
    await Promise.all(processes.map((process) => process.drain()));
    // One of them may wait for another that was faster.
    for (const process of processes) await process.drain();
    for (const { to } of sendings) expect((await mailbox(store, to))?.got).toEqual(lines);
    expect(await waiting(store)).toEqual([0, 0, 0]);
  }

  async function delayed(): Promise<void> {
    const { open } = prepare();
    const store = open();
    const at = (now: number) =>
      createProcessor(mailboxes, open(), {
        clock: { ...systemClock, now: () => now },
      });
    const start = 1_800_000_000_000;
    await ask(at(start), "a", "send", [
      { to: "b", lines: ["in two minutes"], delay: 120_000 },
      { to: "b", lines: ["in one", "in one as well"], delay: 60_000 },
      { to: "b", lines: ["now"] },
      { to: "c", lines: ["in one"], delay: 60_000 },
    ]);
    await at(start + 59_999).drain();
    expect((await mailbox(store, "b"))?.got).toEqual(["now"]);
    expect(await waiting(store)).toEqual([0, 4, 0]);
    await at(start + 60_010).drain();
    expect((await mailbox(store, "b"))?.got).toEqual(["now", "in one", "in one as well"]);
    expect((await mailbox(store, "c"))?.got).toEqual(["in one"]);
    // Order counts from when a message is due.
    await ask(at(start + 110_000), "a", "send", [{ to: "b", lines: ["before it"] }]);
    await at(start + 120_010).drain();
    expect((await mailbox(store, "b"))?.got.slice(3)).toEqual(["before it", "in two minutes"]);
    expect(await waiting(store)).toEqual([0, 0, 0]);
  }

  return {
    "a delayed message comes when it is due, in the order of then": delayed,
    "messages arrive once and in order, also at instances that were not there": arrive,
    "an event that is refused sends nothing": refused,
    "an event that only sends is repeated without sending again": repeated,
    "what a killed process has left is delivered, before what is sent later": left,
    "a sender that was deleted has sent, and goes on behind that when it is made again": deleted,
    "what can never be delivered is set aside, listed, and sent again": dead,
    "a message that changes nothing is taken off the queue, and nothing else is written":
      unchanging,
    "several processes that deliver at once deliver each message once, in order": several,
  };
}

/** Tests what instances send to each other, on the real backend. */
export function testSend(name: string, prepare: () => EmptyStore): void {
  test.for(Object.entries(sendCases(prepare)))(`on ${name}, %s`, ([, run]) => run());
}
