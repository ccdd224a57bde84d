import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { defineHandler, type HandlerContext, type Handlers, type Patch } from "../../mod.ts";
import { readFrom, sendQueueOf, sendTo } from "../../src/edge/mod.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { mailboxes } from "../processor/send/mailbox.ts";
import { Page, send2 } from "../router/support-frames.ts";
import { post } from "../router/support.ts";
import { errorCode } from "../support/counter.ts";
import { inside, mail, type MailOptions, through } from "./mail.ts";

const idle = [0, 0, 0];

test("messages arrive once and in order, also at objects that were not there, and at the sender itself", async () => {
  const { app, namespace, send, box, waiting, errors, ring } = mail();
  const { page } = await Page.open(app, { scope: "Mailbox:b" });
  await page.next();
  await send("a", [
    { to: "b", lines: [1, 2] },
    { to: "c", lines: ["first"] },
    { to: "b", lines: [3] },
    { to: "a", lines: ["to itself"] },
  ]);
  await expect.poll(() => waiting("a")).toEqual(idle);
  await send("a", [{ to: "b", lines: [4] }]);
  await expect.poll(() => waiting("a")).toEqual(idle);
  const b = (await box("b"))!;
  expect(b.got).toEqual([1, 2, 3, 4]);
  expect(b.from).toEqual(Array(4).fill("Mailbox/a"));
  expect(new Set(b.ids).size).toBe(4);
  expect((await box("c"))?.got).toEqual(["first"]);
  expect((await box("a"))?.got).toEqual(["to itself"]);
  // Whoever looks at the receiver is told.
  while (page.held.get("Mailbox:b")!.rev < 5) await page.next();
  expect(page.held.get("Mailbox:b")!.state).toMatchObject({ got: [1, 2, 3, 4] });
  await page.close();
  // What the receiver keeps grows with those who send, and not with what they send.
  const marks = () => inside(namespace, ["Mailbox", "b"], (store) => store.count("_nasc_inbox"));
  expect(await marks()).toBe(1);
  await send("c", [{ to: "b", lines: [5] }]);
  await expect.poll(marks).toBe(2);
  // One alarm was set in case that the object ends, and it finds nothing to do.
  expect([await ring("a"), await ring("a")]).toEqual([true, false]);
  expect(errors).toEqual([]);
});

test("an instance may be asked to mount, any number of times", async () => {
  const { send, box, waiting } = mail();
  const mount = { to: "b", event: "mount", lines: [0] };
  await send("a", [mount, { to: "b", lines: [1] }, mount, mount, { to: "b", lines: [2] }]);
  await expect.poll(() => waiting("a")).toEqual(idle);
  expect((await box("b"))?.got).toEqual([1, 2]);
});

test("an event that is refused sends nothing, and one that a page repeats sends once", async () => {
  const { app, namespace, send, box, waiting, ring } = mail();
  const refused = await send("a", [{ to: "b", lines: [1] }], "send_and_fail");
  expect(errorCode(refused)).toBe("refused");
  const once = { type: "Mailbox", instance: "a", event: "send", eventId: "once" };
  for (let time = 0; time < 3; time++) {
    await send2(app, { ...once, payload: [{ to: "b", lines: [2] }] });
    await evictDurableObject(namespace.object("Mailbox", "a"));
  }
  await expect.poll(async () => {
    await ring("a");
    return await waiting("a");
  }).toEqual(idle);
  expect((await box("b"))?.got).toEqual([2]);
});

test.for<[string, MailOptions["instances"], string]>([
  ["not there", undefined, "give nascObject the option instances"],
  [
    "wrong",
    () => undefined as never,
    "instances of nascObject returned undefined; return the binding",
  ],
])(
  "where the option instances is %s, an event that sends fails and says so",
  async ([, instances, problem]) => {
    const { app, errors, waiting } = mail({ instances });
    const message = { type: "Mailbox", instance: "a", event: "send" };
    const response = await post(app, { ...message, payload: [{ to: "a", lines: [1] }] });
    expect(response.status).toBe(500);
    expect(errors).toEqual([
      expect.stringMatching(`Cannot send Mailbox\\.get to Mailbox/a: .*${problem}`),
    ]);
    expect(await waiting("a")).toEqual(idle);
  },
);

describe("what was committed is delivered", () => {
  test("by the alarm, if the sender ends before it has delivered", async () => {
    let isDown = true;
    const { send, box, waiting, namespace, ring, errors } = mail({
      between: (namespace) =>
        through(namespace, (call) => isDown ? Promise.reject(new Error("no way")) : call()),
    });
    await send("a", [{ to: "b", lines: [1, 2] }, { to: "c", lines: [3] }]);
    expect(await waiting("a")).toEqual([3, 0, 0]);
    // Nothing of it is in memory any more.
    await evictDurableObject(namespace.object("Mailbox", "a"));
    isDown = false;
    expect(await ring("a")).toBe(true);
    expect(await waiting("a")).toEqual(idle);
    expect([(await box("b"))?.got, (await box("c"))?.got]).toEqual([[1, 2], [3]]);
    expect(errors).toEqual([]);
  });

  test("however long its receiver does not answer, and in the order of before", async () => {
    let now = 0;
    let calls = 0;
    let isDown = true;
    const { send, box, waiting, ring } = mail({
      clock: { ...systemClock, now: () => systemClock.now() + now },
      between: (namespace) =>
        through(namespace, (call) => {
          calls++;
          return isDown
            ? Promise.reject(Object.assign(new Error("too much"), { overloaded: true }))
            : call();
        }),
    });
    await send("a", [{ to: "b", lines: [1] }]);
    for (let hour = 1; hour <= 15; hour++) {
      now = hour * 3_600_000;
      expect(await ring("a")).toBe(true);
    }
    expect(calls).toBe(16);
    // Whoever sends more does not hurry the receiver.
    await send("a", [{ to: "b", lines: [2] }]);
    expect(calls).toBe(16);
    expect(await waiting("a")).toEqual([2, 0, 0]);
    isDown = false;
    now = 16 * 3_600_000;
    await ring("a");
    expect(await waiting("a")).toEqual(idle);
    expect((await box("b"))?.got).toEqual([1, 2]);
  });

  test("also if the option instances was not there for a while", async () => {
    let now = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + now };
    const { send, box, waiting, ring, namespace } = mail({ clock });
    await send("a", [{ to: "b", lines: [1], delay: 60_000 }]);
    const { objectClass } = namespace;
    const { namespace: without, errors } = mail({ instances: undefined, clock });
    const redeploy = async (to: typeof objectClass) => {
      namespace.objectClass = to;
      await evictDurableObject(namespace.object("Mailbox", "a"));
      now += 3_600_000;
    };
    await redeploy(without.objectClass);
    for (let time = 0; time < 3; time++) expect(await ring("a")).toBe(true);
    expect(errors).toEqual(
      Array(3).fill(expect.stringMatching(/^Error: Cannot deliver what was sent, 1 in all/)),
    );
    expect(await waiting("a")).toEqual([0, 1, 0]);
    await redeploy(objectClass);
    expect(await ring("a")).toBe(true);
    expect(await waiting("a")).toEqual(idle);
    expect((await box("b"))?.got).toEqual([1]);
  });

  test("once, if the answer is lost, also by an event that changes nothing", async () => {
    let lost = 0;
    let runs = 0;
    const Mailbox = mailboxes["Mailbox"]!;
    const { send, box, waiting, ring } = mail({
      random: () => 0,
      handlers: {
        Mailbox: {
          ...Mailbox,
          ignore(_: unknown, state: object) {
            runs++;
            return state;
          },
        },
      },
      between: (namespace) =>
        through(namespace, async (call) => {
          const response = await call();
          if (++lost > 7) return response;
          await response.text();
          throw new Error("the answer is lost");
        }),
    });
    await send("a", [{ to: "b", lines: [1] }, { to: "b", event: "ignore", lines: [2] }]);
    await expect.poll(async () => {
      await ring("a");
      return await waiting("a");
    }).toEqual(idle);
    expect([(await box("b"))?.got, runs]).toEqual([[1], 1]);
  });

  test("if its sender is deleted, and before what it sends when it is there again", async () => {
    let isDown = true;
    const { send, box, waiting, namespace, ring } = mail({
      between: (namespace) =>
        through(namespace, (call) => isDown ? Promise.reject(new Error("no way")) : call()),
    });
    await send("a", [{ to: "b", lines: [1] }], "send_and_go");
    await send("a", [{ to: "b", lines: [2] }], "send_and_go");
    await evictDurableObject(namespace.object("Mailbox", "a"));
    await send("a", [{ to: "b", lines: [3] }]);
    isDown = false;
    await evictDurableObject(namespace.object("Mailbox", "a"));
    await ring("a");
    expect(await waiting("a")).toEqual(idle);
    expect((await box("b"))?.got).toEqual([1, 2, 3]);
  });

  test("also of a sender whose storage was emptied, by itself or by a process that has ended", async () => {
    const { send, box, waiting, namespace } = mail();
    const object = namespace.object("Mailbox", "a");
    const empty = () => runInDurableObject(object, (_, { storage }) => storage.deleteAll());
    await send("a", [{ to: "b", lines: [1, 2, 3] }]);
    await expect.poll(() => waiting("a")).toEqual(idle);
    await empty();
    await send("a", [{ to: "b", lines: [4] }]);
    await expect.poll(() => waiting("a")).toEqual(idle);
    await empty();
    await evictDurableObject(object);
    await send("a", [{ to: "b", lines: [5] }]);
    await expect.poll(() => waiting("a")).toEqual(idle);
    expect((await box("b"))?.got).toEqual([1, 2, 3, 4, 5]);
  });

  test("to six receivers at once, each by one request at a time that brings many", async () => {
    const running = new Map<string, number>();
    let [most, calls, isDown] = [0, 0, true];
    const lines = Array.from({ length: 40 }, (_, index) => index);
    const ids = Array.from({ length: 8 }, (_, index) => `r${index}`);
    const { send, box, waiting, ring, namespace } = mail({
      between: (namespace) =>
        through(namespace, async (call, { id }) => {
          if (isDown) throw new Error("no way");
          calls++;
          running.set(id, (running.get(id) ?? 0) + 1);
          expect(running.get(id)).toBe(1);
          most = Math.max(most, running.size);
          try {
            return await call();
          } finally {
            running.delete(id);
          }
        }),
    });
    await send("a", ids.map((to) => ({ to, lines })));
    await evictDurableObject(namespace.object("Mailbox", "a"));
    isDown = false;
    await ring("a");
    expect(await waiting("a")).toEqual(idle);
    for (const id of ids) expect((await box(id))?.got).toEqual(lines);
    expect([most, calls]).toEqual([6, 8 * 3]);
  });
});

test("a delayed message comes by the alarm when it is due, behind what was sent by then", async () => {
  let now = 0;
  const { send, box, waiting, ring, namespace } = mail({
    clock: { ...systemClock, now: () => systemClock.now() + now },
  });
  const minute = 60_000;
  await send("a", [
    { to: "b", lines: ["in two minutes"], delay: 2 * minute },
    { to: "b", lines: ["in one", "in one as well"], delay: minute },
    { to: "a", lines: ["to itself"], delay: minute },
    { to: "b", lines: ["now"] },
  ]);
  await expect.poll(() => waiting("a")).toEqual([0, 4, 0]);
  expect((await box("b"))?.got).toEqual(["now"]);
  await evictDurableObject(namespace.object("Mailbox", "a"));
  // It rings since something might have been left, and again at the time that is due.
  await ring("a");
  expect(await waiting("a")).toEqual([0, 4, 0]);
  now = minute + 100;
  await ring("a");
  expect(await waiting("a")).toEqual([0, 1, 0]);
  expect((await box("b"))?.got).toEqual(["now", "in one", "in one as well"]);
  expect((await box("a"))?.got).toEqual(["to itself"]);
  // Order counts from when a message is due, whatever the clock says.
  now = 0;
  await send("a", [{ to: "b", lines: ["before it"] }]);
  await expect.poll(() => waiting("a")).toEqual([0, 1, 0]);
  await evictDurableObject(namespace.object("Mailbox", "a"));
  now = 2 * minute + 100;
  await ring("a");
  expect(await waiting("a")).toEqual(idle);
  expect((await box("b"))?.got.slice(3)).toEqual(["before it", "in two minutes"]);
});

test("what an object sends to itself comes after it has slept, and whoever looks is told", async () => {
  let now = 0;
  const Clock = {
    mount: () => ({ ticks: 0, tocks: 0 }),
    wind: (_: unknown, state: object, context: HandlerContext) => {
      context.send("Clock", context.id, "tick", undefined, { delay: 60_000 });
      return state;
    },
    async tick(_: unknown, state: { ticks: number; tocks: number }, context: HandlerContext) {
      await context.update("Clock", context.id, (own) => ({ ...own, tocks: state.tocks + 1 }));
      context.send("Clock", context.id, "tick", undefined, { delay: 60_000 });
      return { ...state, ticks: state.ticks + 1 };
    },
  };
  const { app, namespace } = mail({
    handlers: { Clock },
    clock: { ...systemClock, now: () => systemClock.now() + now },
  });
  // The second name is too long for the platform to tell an object.
  for (const id of ["c", "é".repeat(512)]) {
    await send2(app, { type: "Clock", instance: id, event: "wind" });
    const { page } = await Page.open(app, { scope: `Clock:${id}` });
    await page.next();
    for (let count = 1; count <= 3; count++) {
      await evictDurableObject(namespace.object("Clock", id));
      now += 60_100;
      await runDurableObjectAlarm(namespace.object("Clock", id));
      await page.next();
      expect(page.held.get(`Clock:${id}`)!.state).toEqual({ ticks: count, tocks: count });
    }
    await page.close();
    await evictDurableObject(namespace.object("Clock", id));
    now += 60_100;
    await runDurableObjectAlarm(namespace.object("Clock", id));
    const state = await inside(namespace, ["Clock", id], (store) => store.load("Clock", id));
    expect(state).toEqual({ ticks: 4, tocks: 4 });
  }
});

test("what can never be delivered is set aside, and the server lists it, sends it again and deletes it", async () => {
  const { namespace, send, box, waiting, errors } = mail();
  await send("a", [
    { to: "b", lines: [1] },
    { to: "b", event: "refuse", lines: ["x"] },
    { to: "b", event: "refuse", lines: ["y"] },
    { to: "b", lines: [2] },
  ]);
  await expect.poll(() => waiting("a")).toEqual([0, 0, 2]);
  expect((await box("b"))?.got).toEqual([1, 2]);
  expect(errors).toEqual([
    expect.stringMatching(/^Error: Cannot deliver Mailbox.refuse .*There is no room for x/),
    expect.stringMatching(/^Error: Cannot deliver Mailbox.refuse .*There is no room for y/),
  ]);
  const queue = sendQueueOf(namespace, { type: "Mailbox", id: "a" });
  const [first] = await queue.deadMessages({ limit: 1 });
  expect(first).toMatchObject({
    sender: { type: "Mailbox", id: "a" },
    type: "Mailbox",
    id: "b",
    event: "refuse",
    payload: "x",
    code: "full",
  });
  const [second, ...none] = await queue.deadMessages({ after: first!.key });
  expect([second, none]).toMatchObject([{ event: "refuse", payload: "y", code: "full" }, []]);
  expect([await queue.discard(first!.key), await queue.discard(first!.key)]).toEqual([true, false]);
  // The code has learned what it could not do.
  const Mailbox = { ...mailboxes["Mailbox"]!, refuse: mailboxes["Mailbox"]!["get"]! };
  const { namespace: { objectClass } } = mail({ handlers: { Mailbox }, between: () => namespace });
  namespace.objectClass = objectClass;
  for (const id of ["a", "b"]) await evictDurableObject(namespace.object("Mailbox", id));
  expect([await queue.resend(second!.key), await queue.resend(second!.key)]).toEqual([true, false]);
  await expect.poll(() => waiting("a")).toEqual(idle);
  expect((await box("b"))?.got).toEqual([1, 2, "y"]);
  expect((await box("b"))?.ids.at(-1)).toBe(second!.eventId);
  expect(await queue.deadMessages()).toEqual([]);
  await expect(queue.resend(1 as never)).rejects.toThrow("Cannot find a dead message");
  expect(() => sendQueueOf({} as never, { type: "Mailbox", id: "a" })).toThrow(TypeError);
});

test("two objects that send to each other at the same time do not wait for each other, and end", async () => {
  const at = new Date(5);
  const Player = {
    mount: () => ({ hits: 0 }),
    hit(payload: { at?: unknown }, { hits }: { hits: number }, context: HandlerContext) {
      context.send("Player", context.id === "a" ? "b" : "a", "hit", { at });
      return { hits: hits + 1, ...payload.at !== undefined && { at: payload.at } };
    },
  };
  const { namespace } = mail({ handlers: { Player } });
  await Promise.all(["a", "b"].map((instance) => {
    return sendTo(namespace, { type: "Player", instance, event: "hit" });
  }));
  const look = (id: string) =>
    inside(namespace, ["Player", id], async (store) => ({
      state: await store.load("Player", id),
      waiting: await store.count("_nasc_outbox"),
      dead: await store.count("_nasc_dead"),
    }));
  // Each of the two events leads to 16 others, and the last of those sends nothing. Payloads keep their types.
  const end = { state: { hits: 16, at }, waiting: 0, dead: 1 };
  await expect.poll(async () => [await look("a"), await look("b")]).toEqual([end, end]);
  const dead = await sendQueueOf(namespace, { type: "Player", id: "a" }).deadMessages();
  expect(dead).toMatchObject([{ code: "too-many-hops", payload: { at } }]);
});

test("events that only instances may send are not for pages, and know their sender", async () => {
  const Order = defineHandler()({
    mount: () => ({ state: "open" }),
    internal: ["confirm"],
    place(_: unknown, order, context) {
      context.send("Stock", "tea", "take");
      return { ...order, state: "placed" };
    },
    confirm: (_: unknown, order, { sender }) => ({ ...order, state: `by ${sender?.type}` }),
  });
  const Stock = defineHandler()({
    mount: () => ({ left: 1 }),
    internal: ["take"],
    take(_: unknown, { left }, { send, sender }) {
      send(sender!.type, sender!.id, "confirm");
      return { left: left - 1 };
    },
  });
  const { app, namespace } = mail({ handlers: { Order, Stock } });
  for (const event of ["take", "confirm"]) {
    const type = event === "take" ? "Stock" : "Order";
    const response = await post(app, { type, instance: "tea", event });
    expect(await response.json()).toMatchObject({ code: "unknown-event" });
  }
  await send2(app, { type: "Order", instance: "7", event: "place" });
  await expect.poll(async () => (await readFrom(namespace, { type: "Order", id: "7" }))?.state)
    .toEqual({ state: "by Stock" });
});

test("an index of what somebody has is filled by what sends to it, each once", async () => {
  const handlers: Handlers = {
    Board: {
      mount: () => ({ title: "" }),
      name(title: string, board: object, context: HandlerContext) {
        context.send("Boards", String(context.user), "list", { id: context.id, title });
        return { ...board, title };
      },
    },
    Boards: defineHandler()({
      mount: () => ({ boards: {} as Record<string, string> }),
      internal: ["list"],
      list: ({ id, title }: { id: string; title: string }, { boards }) => ({
        boards: { ...boards, [id]: title },
      }),
    }),
  };
  const { namespace } = mail({ handlers });
  for (const [instance, payload] of [["b1", "One"], ["b2", "Two"], ["b1", "Uno"]]) {
    const message = { type: "Board", instance: instance!, event: "name", payload };
    await sendTo(namespace, message, { user: "ann" });
  }
  await expect.poll(async () => (await readFrom(namespace, { type: "Boards", id: "ann" }))?.state)
    .toEqual({ boards: { b1: "Uno", b2: "Two" } });
});

test("a sender of whom 1,000 messages wait sends no more until some have arrived", async () => {
  let isDown = true;
  const { send, waiting, ring, namespace } = mail({
    between: (namespace) =>
      through(namespace, (call) => isDown ? Promise.reject(new Error("no way")) : call()),
  });
  const hundred = Array.from({ length: 100 }, (_, index) => index);
  for (let count = 0; count < 10; count++) await send("a", [{ to: "b", lines: hundred }]);
  expect(errorCode(await send("a", [{ to: "c", lines: [1] }]) as Patch[])).toBe("queue-full");
  await evictDurableObject(namespace.object("Mailbox", "a"));
  expect(errorCode(await send("a", [{ to: "c", lines: [1] }]) as Patch[])).toBe("queue-full");
  expect(await waiting("a")).toEqual([1_000, 0, 0]);
  isDown = false;
  await ring("a");
  expect(await waiting("a")).toEqual(idle);
  expect(errorCode(await send("a", [{ to: "c", lines: [1] }]) as Patch[])).toBeUndefined();
});

describe("what only objects say to each other", () => {
  const address = { type: "Mailbox", id: "b" };
  const message = {
    ...address,
    sender: { type: "Mailbox", id: "the server" },
    epoch: "x",
    n: 1,
    event: "get",
    payload: "forged",
    eventId: "x.1",
    hops: 1,
  };
  const line = JSON.stringify({ type: "_nasc_outbox", id: "x.1", value: message });
  const calls = [
    ["deliver", { messages: [line] }],
    ["queue", { ask: { what: "dead", options: {} } }],
    ["queue", { ask: { what: "discard", key: "k" } }],
  ] as const;

  test.for(calls)("is refused to a page, however it is asked: %s %o", async ([name, asked]) => {
    const { app, namespace, box } = mail();
    const body = JSON.stringify({ address, userKey: "-", creation: "allowed", ...asked });
    const own = { "nasc-object": "1", "content-type": "application/json" };
    const forged: Record<string, string>[] = [
      {},
      { ...own, "cf-connecting-ip": "1.2.3.4" },
      { ...own, "cf-ray": "1" },
      { ...own, cookie: "a=b" },
      { ...own, origin: "https://rian.test" },
      { ...own, "nasc-object": "2" },
      { ...own, upgrade: "websocket" },
    ];
    for (const headers of forged) {
      const request = { method: "POST", body, headers };
      const response = await namespace.object("Mailbox", "b").fetch(
        `https://nasc/${name}`,
        request,
      );
      expect([headers, response.status]).toEqual([headers, 403]);
      await response.text();
    }
    // Nor does any route of the app lead there.
    for (const path of [`/nasc/${name}`, `/nasc/event/${name}`, `/nasc/event/../${name}`]) {
      const response = await app.request(path, { method: "POST", body, headers: own });
      expect([path, response.status]).toEqual([path, 404]);
    }
    const event = { type: "Mailbox", instance: "b", event: "get", payload: "p", ...asked };
    await post(app, { ...event, sender: message.sender, hops: 1, delivery: message });
    expect(await box("b")).toMatchObject({ got: ["p"], from: ["a page"] });
  });

  test("is of the object that is asked, whatever a message says", async () => {
    const { namespace, box } = mail();
    const body = JSON.stringify({
      address: { type: "Mailbox", id: "c" },
      userKey: "-",
      creation: "refused",
      messages: [line],
    });
    const headers = { "nasc-object": "1", "content-type": "application/json" };
    const ask = async (id: string) => {
      const object = namespace.object("Mailbox", id);
      const response = await object.fetch("https://nasc/deliver", {
        method: "POST",
        body,
        headers,
      });
      return [response.status, await response.text()];
    };
    expect(await ask("b")).toMatchObject([403, expect.anything()]);
    expect(await ask("c")).toEqual([200, '[{"kind":"applied"}]']);
    expect(await ask("c")).toEqual([200, '[{"kind":"settled"}]']);
    expect([await box("b"), (await box("c"))?.got]).toEqual([null, ["forged"]]);
  });
});
