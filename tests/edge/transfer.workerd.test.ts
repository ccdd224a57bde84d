import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { D1Store } from "../../adapters/cloudflare-d1.ts";
import { createProcessor, type Handlers } from "../../mod.ts";
import { exportFrom, importTo, readFrom, sendTo } from "../../src/edge/mod.ts";
import { exportInstances, importInstances } from "../../src/router/mod.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { Page, send2 } from "../router/support-frames.ts";
import { mailboxes, mortal, type Sending } from "../processor/send/mailbox.ts";
import { mail, through } from "./mail.ts";
import { objectApp } from "./support.ts";

const at = new Date(1_000);
const handlers: Handlers = {
  Ledger: {
    mount: () => ({ sum: 0, at }),
    add: (amount: number, state) => ({ ...state, sum: state.sum + amount }),
    async end(_: unknown, state, context) {
      await context.delete();
      return state;
    },
  },
};
const ids = ["a", "b", "c", "d"];
const addresses = ids.map((id) => ({ type: "Ledger", id }));

test("instances move from D1 to objects and back, with what is known of their events", async () => {
  const from = new D1Store(env.DB);
  const process = createProcessor(handlers, from);
  const add = { type: "Ledger", event: "add", payload: 2 };
  for (const instance of ids) {
    // More receipts than have room beside the state.
    for (let count = 0; count < 40; count++) {
      await process({ ...add, instance, eventId: `e${count}-${instance}` });
    }
  }
  await process({ type: "Ledger", instance: "d", event: "end", eventId: "end-d" });
  const exported: string[] = [];
  for await (const line of exportInstances(from, { types: ["Ledger"] })) exported.push(line);

  const { app, namespace } = objectApp({ handlers });
  expect(await importTo(namespace, exported)).toEqual({ imported: 3, kept: 0 });
  expect(await readFrom(namespace, addresses[0]!)).toMatchObject({
    rev: 40,
    state: { sum: 80, at },
  });
  // None is applied again, be its receipt near or far; nor is what was deleted brought back.
  for (const eventId of ["e0-a", "e39-a"]) {
    const answer = await send2(app, { ...add, instance: "a", eventId });
    expect(answer).toMatchObject({ rev: 40 });
  }
  expect(await sendTo(namespace, { ...add, instance: "d", eventId: "e0-d" }))
    .toMatchObject([{ action: "error", code: "gone" }]);
  expect(await send2(app, { ...add, instance: "a", eventId: "new" })).toMatchObject({ rev: 41 });

  const back: string[] = [];
  for await (const line of exportFrom(namespace, addresses)) back.push(line);
  await from.clear("Ledger");
  const imported = await importInstances(from, back, { existing: "replace" });
  expect(imported).toEqual({ imported: 3, kept: 0 });
  expect(await from.load("Ledger", "a")).toEqual({ sum: 82, at });
  expect(await process({ ...add, instance: "a", eventId: "new" })).toMatchObject([
    { prop: "sum", value: 82 },
    {},
  ]);
});

test("an import refuses an object that has its instance, unless it is told to keep or replace it", async () => {
  const { app, namespace } = objectApp({ handlers });
  const { page } = await Page.open(app, { scope: "Ledger:x" });
  await page.next();
  const lines: string[] = [];
  for await (const line of exportFrom(namespace, [{ type: "Ledger", id: "x" }])) lines.push(line);
  await send2(app, { type: "Ledger", instance: "x", event: "add", payload: 5 });
  await page.next();
  await expect(importTo(namespace, lines)).rejects.toMatchObject({ name: "ConflictError" });
  expect(await importTo(namespace, lines, { existing: "keep" })).toEqual({ imported: 0, kept: 1 });
  expect(await importTo(namespace, lines, { existing: "replace" }))
    .toEqual({ imported: 1, kept: 0 });
  expect(await page.next()).toMatchObject({ action: "snapshot", rev: 1, state: { sum: 0 } });
  await send2(app, { type: "Ledger", instance: "x", event: "add", payload: 1 });
  expect(await page.next()).toMatchObject({ rev: 2 });
  await expect(importTo(namespace, ["{}"])).rejects.toThrow("line 1 is damaged");
  await page.close();
});

describe("what instances have sent to each other and has not arrived", () => {
  const ids = ["a", "b", "c"];
  const boxes = ids.map((id) => ({ type: "Mailbox", id }));
  const minute = 60_000;

  test("moves from D1 to objects, arrives there once, and moves back", async () => {
    let now = systemClock.now();
    const clock = { ...systemClock, now: () => now };
    const store = new D1Store(env.DB);
    const queue = ["_nasc_outbox", "_nasc_delayed", "_nasc_dead"];
    for (const type of ["Mailbox", ...queue]) await store.clear(type);
    const Mailbox = mailboxes["Mailbox"]!;
    // In this process, nobody takes anything.
    const Refusing = { ...Mailbox, get: Mailbox["refuse"]! };
    const process = createProcessor({ Mailbox: Refusing }, store, { clock, onError: () => {} });
    const send = async (payload: readonly Sending[]) => {
      await process({ type: "Mailbox", instance: "a", event: "send", payload });
    };
    await send([{ to: "b", lines: ["dead"] }]);
    await process.drain();
    await send([
      { to: "b", lines: ["in two minutes"], delay: 2 * minute },
      { to: "b", lines: ["in one"], delay: minute },
    ]);
    await createProcessor({ Mailbox }, store)({
      type: "Mailbox",
      instance: "b",
      event: "get",
      payload: "before",
    });
    const waitingThere = () => Promise.all(queue.map((type) => store.count(type)));
    const { store: killed } = mortal(new D1Store(env.DB), (types) => types.includes(queue[0]!));
    const dying = createProcessor({ Mailbox }, killed, { clock });
    const payload = [{ to: "b", lines: ["left", "left as well"] }];
    void dying({ type: "Mailbox", instance: "a", event: "send", payload });
    await expect.poll(waitingThere).toEqual([2, 2, 1]);
    now += minute + 1;

    const exported: string[] = [];
    for await (const line of exportInstances(store, { types: ["Mailbox"] })) exported.push(line);
    const { namespace, box, waiting, ring } = mail({ clock });
    expect(await importTo(namespace, exported)).toEqual({ imported: 2, kept: 0 });
    const arrived = ["before", "left", "left as well", "in one"];
    await expect.poll(async () => (await box("b"))?.got).toEqual(arrived);
    expect(await waiting("a")).toEqual([0, 1, 1]);
    // An import that is made again brings nothing twice.
    expect(await importTo(namespace, exported, { existing: "keep" })).toEqual({
      imported: 0,
      kept: 2,
    });
    await ring("a");
    expect(await waiting("a")).toEqual([0, 1, 1]);
    expect((await box("b"))?.got).toEqual(arrived);

    const back: string[] = [];
    for await (const line of exportFrom(namespace, boxes)) back.push(line);
    for (const type of ["Mailbox", ...queue]) await store.clear(type);
    expect(await importInstances(store, back)).toEqual({ imported: 2, kept: 0 });
    now += minute;
    const again = createProcessor({ Mailbox }, store, { clock });
    const [dead] = await again.deadMessages();
    await again.resend(dead!.key);
    await again.drain();
    expect(await store.load("Mailbox", "b")).toMatchObject({
      got: [...arrived, "dead", "in two minutes"],
    });
    expect(await waitingThere()).toEqual([0, 0, 0]);
  });

  test("is refused to an object that sends nothing, and by an object that cannot say whether it has arrived", async () => {
    let isDown = true;
    const { namespace, send, waiting } = mail({
      between: (namespace) =>
        through(namespace, (call) => isDown ? Promise.reject(new Error("no way")) : call()),
    });
    await send("a", [{ to: "b", lines: [1] }, { to: "b", lines: ["later"], delay: minute }]);
    const read = async () => {
      const lines: string[] = [];
      for await (const line of exportFrom(namespace, boxes)) lines.push(line);
      return lines;
    };
    await expect(read()).rejects.toMatchObject({
      code: "unavailable",
      message: "1 of its messages wait for their receivers; stop the events, and try again",
    });
    isDown = false;
    const lines = await read();
    expect(await waiting("a")).toEqual([0, 1, 0]);
    const other = mail({ instances: undefined });
    await expect(importTo(other.namespace, lines)).rejects.toMatchObject({
      code: "unsendable",
      message: expect.stringContaining("give nascObject the option instances"),
    });
  });
});
