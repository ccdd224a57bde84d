import { describe, expect, test, vi } from "vitest";
import {
  createProcessor,
  type Handlers,
  type InstanceStore,
  MemoryStore,
  type Message,
  NascError,
  type Patch,
  type ProcessorOptions,
} from "../../mod.ts";
import { counterHandlers, errorCode } from "../support/counter.ts";
import { kindsOfStore } from "../support/kinds-of-store.ts";

interface Account {
  readonly id: string;
  readonly balance: number;
  readonly note: string;
}

const ann = { user: { id: "ann" } };
const bob = { user: { id: "bob" } };

function start(store: InstanceStore, options: ProcessorOptions = {}) {
  const runs: string[] = [];
  const handlers: Handlers = {
    Account: {
      mount: ({ id }) => ({ id, balance: 0, note: "" }),
      pay({ amount }: { amount: number }, state: Account) {
        runs.push("pay");
        return { ...state, balance: state.balance + amount };
      },
      write(note: unknown, state: Account) {
        runs.push("write");
        return { ...state, note: `${runs.length}: ${String(note)}` };
      },
      look(_payload: unknown, state: Account) {
        runs.push("look");
        return state;
      },
    },
  };
  const process = createProcessor(handlers, store, {
    lastWriteWins: true,
    onError: () => {},
    ...options,
  });
  const account = { type: "Account", instance: "1" };
  return {
    runs,
    send: (parts: Partial<Message>, context: object = ann): Promise<Patch[]> =>
      process({ ...account, event: "pay", payload: { amount: 5 }, ...parts }, context),
    balance: async (): Promise<unknown> => {
      const patches = await process({ ...account, event: "mount" });
      const updates = patches.filter((patch) => patch.action === "bindUpdate");
      return updates.find(({ prop }) => prop === "balance")?.value;
    },
  };
}

const refused = {
  action: "error",
  code: "event-id-reused",
  message: "The id of this event belongs to another one; nothing was changed",
  eventId: "x",
  type: "Account",
  instance: "1",
};

describe.for(kindsOfStore)("the id of an event on %s", ([, open]) => {
  test.for<[string, Partial<Message>, object]>([
    ["another user", {}, bob],
    ["nobody", {}, {}],
    ["another payload", { payload: { amount: 6 } }, ann],
    ["no payload", { payload: undefined }, ann],
    ["another event", { event: "write" }, ann],
    ["an event that would change nothing", { event: "look" }, ann],
    ["another user, with an event that would change nothing", { event: "look" }, bob],
  ])(
    "is refused to %s: nothing runs, and nothing of the first is shown",
    async ([, parts, who]) => {
      const { send, runs, balance } = start(open());
      await send({ event: "mount" });
      const first = await send({ eventId: "x" });
      expect(first).toMatchObject([{ prop: "balance", value: 5 }]);
      expect(await send({ eventId: "x", ...parts }, who)).toEqual([refused]);
      expect(runs).toEqual(["pay"]);
      expect(await balance()).toBe(5);
      // Whose it is, it stays: they are shown what is so now.
      const repeated = await send({ eventId: "x" });
      expect(repeated).toEqual(await send({ event: "mount" }));
      expect(repeated).toEqual(expect.arrayContaining(first));
      expect(runs).toEqual(["pay"]);
    },
  );

  test("says nothing of an event that the handler does not have", async () => {
    const { send } = start(open());
    await send({ event: "mount" });
    await send({ eventId: "x" });
    for (const event of ["missing", "_private", "constructor"]) {
      const patches = await send({ eventId: "x", event });
      expect(patches).toMatchObject([{ code: "unknown-event" }]);
      expect(patches).toHaveLength(1);
    }
  });

  test("is one user's, when two send it at once", async () => {
    const { send, runs, balance } = start(open());
    await send({ event: "mount" });
    const answers = await Promise.all([ann, bob].map((who) => send({ eventId: "x" }, who)));
    expect(answers.map(errorCode).sort()).toEqual(["event-id-reused", undefined]);
    expect(runs).toEqual(["pay"]);
    expect(await balance()).toBe(5);
  });

  test("is not used up by a mount, nor by an event that changed nothing or was refused", async () => {
    const { send } = start(open());
    await send({ event: "mount", eventId: "x" });
    await send({ event: "look", eventId: "x" }, bob);
    await send({ event: "missing", eventId: "x" }, bob);
    expect(await send({ eventId: "x" })).toMatchObject([{ value: 5 }]);
    expect(errorCode(await send({ event: "mount", eventId: "x" }, bob))).toBeUndefined();
  });

  test("is the same user's as long as identify says so", async () => {
    const identify = (user: unknown) => (user as { mail?: string }).mail;
    const { send } = start(open(), { identify });
    await send({ event: "mount" });
    const [mine, again, other] = [
      { user: { id: 1, mail: "ann@rian.test" } },
      { user: { id: 2, mail: "ann@rian.test" } },
      { user: { id: 1, mail: "bob@rian.test" } },
    ];
    const first = await send({ eventId: "x" }, mine);
    expect(await send({ eventId: "x" }, again)).toEqual(expect.arrayContaining(first));
    expect(await send({ eventId: "x" }, other)).toEqual([refused]);
  });

  test("is nobody's, and the event does not run, if identify fails", async () => {
    const onError = vi.fn();
    const { send, runs } = start(open(), { identify: () => 5 as never, onError });
    await send({ event: "mount" });
    expect(errorCode(await send({ eventId: "x" }))).toBe("internal");
    expect(runs).toEqual([]);
    expect(onError.mock.calls[0]![0].message).toBe(
      "Cannot identify a user: identify returned 5; return a text, such as user.id",
    );
  });
});

describe("the payload of a repeat", () => {
  test.for<[string, string]>([
    ['{"a":1,"b":{"c":[1,2],"d":null}}', '{"b":{"d":null,"c":[1,2]},"a":1.0}'],
    ["0", "-0"],
    ["[1e3]", "[1000.0]"],
    ['"\\u00e9"', '"é"'],
    ['{"a":1,"\\u0000":2}', '{"\\u0000":2,"a":1}'],
  ])("%s is the same as %s", async ([one, other]) => {
    const { send, runs } = start(new MemoryStore());
    await send({ event: "mount" });
    const message = { event: "write", eventId: "x" };
    const first = await send({ ...message, payload: JSON.parse(one) });
    const repeated = await send({ ...message, payload: JSON.parse(other) });
    expect(repeated).toEqual(expect.arrayContaining(first));
    expect(runs).toEqual(["write"]);
  });

  test("is the same after a round trip without what JSON has no word for", async () => {
    const { send, runs } = start(new MemoryStore());
    await send({ event: "mount" });
    const message = { event: "write", eventId: "x" };
    await send({ ...message, payload: { a: 1, b: undefined } });
    expect(errorCode(await send({ ...message, payload: { a: 1 } }))).toBeUndefined();
    expect(runs).toEqual(["write"]);
  });

  const values: readonly unknown[] = [
    undefined,
    null,
    true,
    false,
    0,
    1,
    NaN,
    1n,
    "",
    "0",
    "1",
    "null",
    "a",
    [],
    {},
    [1],
    [[1]],
    ["1"],
    [1, 2],
    [12],
    ["1,2"],
    { a: 1 },
    { a: "1" },
    { a: [1] },
    { a: { b: 1 } },
    { "a:1,b": 2 },
    { a: 1, b: 2 },
    { b: 1, a: 2 },
    new Date(0),
    new Date(1),
    new Map([["a", 1]]),
    new Map([["a", 2]]),
    new Set([1]),
    new Set([2]),
    new Uint8Array([1]),
    new Uint8Array([2]),
    new Int8Array([1]),
    new Uint8Array([1]).buffer,
  ];

  test("is told from each other one, of whatever type", async () => {
    for (const [index, payload] of values.entries()) {
      const { send } = start(new MemoryStore());
      await send({ event: "mount" });
      const message = { event: "write", eventId: "x" };
      await send({ ...message, payload: structuredClone(payload) });
      for (const [other, value] of values.entries()) {
        const code = errorCode(await send({ ...message, payload: value }));
        expect([payload, value, code])
          .toEqual([payload, value, index === other ? undefined : "event-id-reused"]);
      }
    }
  });
});

describe("a receipt", () => {
  async function applied(): Promise<ReturnType<typeof start> & { store: MemoryStore }> {
    const store = new MemoryStore();
    const started = start(store);
    await started.send({ event: "mount" });
    await started.send({ eventId: "x" });
    return { ...started, store };
  }

  /** Changes the parts of the one receipt: id, user, fingerprint, revision and time. */
  async function rewrite(store: MemoryStore, change: (parts: string[]) => string[]): Promise<void> {
    const { key, value, metadata } = (await store.get("Account", "1"))!;
    const { receipts, ...rest } = metadata as { readonly receipts: string };
    const line = change(receipts.slice(1).split(" ")).join(" ");
    const changed = { ...rest, receipts: `\n${line}` };
    await store.commit([{ type: "Account", key, value, metadata: changed }]);
  }

  test("says whose it is, and nothing of what the event did", async () => {
    const { store } = await applied();
    const { metadata } = (await store.get("Account", "1"))!;
    const line = /^\nx ann [0-9a-z]{8,11} 2 [0-9a-z]{8}$/;
    expect(metadata).toMatchObject({ receipts: expect.stringMatching(line) });
  });

  test.for<[string, (parts: string[]) => string[]]>([
    ["without a time", (parts) => parts.slice(0, 4)],
    ["with a part too many", (parts) => [...parts, "more"]],
    ["with nothing but the id", ([id]) => [id!, ""]],
    ["whose revision is none", ([id, user, print, , time]) => [id!, user!, print!, "two", time!]],
    ["whose revision is missing", ([id, user, print, , time]) => [id!, user!, print!, "", time!]],
  ])("%s is damaged: it counts as applied, and is answered", async ([, damage]) => {
    const { store, send, runs, balance } = await applied();
    await rewrite(store, damage);
    for (const who of [ann, bob]) {
      expect(await send({ eventId: "x" }, who)).toEqual(await send({ event: "mount" }));
    }
    expect([runs, await balance()]).toEqual([["pay"], 5]);
  });

  test("whose time is damaged is as good as a new one", async () => {
    const { store, send, runs } = await applied();
    await rewrite(store, (parts) => [...parts.slice(0, 4), "~"]);
    expect(await send({ eventId: "x" }, bob)).toEqual([refused]);
    expect(await send({ eventId: "x" })).toEqual(await send({ event: "mount" }));
    expect(runs).toEqual(["pay"]);
  });

  test("of another owner is refused", async () => {
    const { store, send, runs } = await applied();
    await rewrite(store, ([id, , ...rest]) => [id!, "bob", ...rest]);
    expect(await send({ eventId: "x" })).toEqual([refused]);
    expect(await send({ eventId: "x" }, bob)).toEqual(await send({ event: "mount" }));
    expect(runs).toEqual(["pay"]);
  });

  test("of a long answer is refused to others too", async () => {
    const store = new MemoryStore();
    const { send } = start(store);
    await send({ event: "mount" });
    const message = { event: "write", eventId: "x", payload: "secret".repeat(1_000) };
    await send(message);
    expect(await send(message, bob)).toEqual([refused]);
    expect(await send(message)).toEqual(await send({ event: "mount" }));
  });
});

test("an id that another user's event takes while this one runs elsewhere is refused, and nothing runs twice", async () => {
  const store = new MemoryStore();
  // Two processes: neither waits for the other, and the store decides.
  const [one, other] = [start(store), start(store)];
  await one.send({ event: "mount" });
  for (let round = 0; round < 20; round++) {
    const eventId = `e${round}`;
    const answers = await Promise.all([one.send({ eventId }), other.send({ eventId }, bob)]);
    expect(answers.map(errorCode).sort()).toEqual(["event-id-reused", undefined]);
  }
  expect(await one.balance()).toBe(100);
});

test("an id that is another's is refused even where its own event would be refused", async () => {
  const store = new MemoryStore();
  const run = vi.fn(() => {
    throw new NascError("closed", "The account is closed");
  });
  const process = createProcessor({ Account: { run, pay: () => ({ balance: 1 }) } }, store);
  const account = { type: "Account", instance: "1", eventId: "x" };
  await process({ ...account, event: "mount" });
  await process({ ...account, event: "pay" }, ann);
  expect(errorCode(await process({ ...account, event: "run" }, bob))).toBe("event-id-reused");
  expect(run).not.toHaveBeenCalled();
});

test("an event that names who made it runs for that user only", async () => {
  const process = createProcessor(counterHandlers, new MemoryStore(), { identify: String });
  const message = {
    type: "Counter",
    instance: "1",
    event: "add",
    protocol: 2,
    user: "a b",
  } as const;
  for (const user of ["b", undefined]) {
    expect(errorCode(await process(message, { user }))).toBe("other-user");
  }
  expect(errorCode(await process(message, { user: "a b" }))).toBeUndefined();
});
