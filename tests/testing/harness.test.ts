import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import {
  defineHandler,
  type HandlerContext,
  type InstanceStore,
  MemoryStore,
  NascError,
  Ramify,
  type Schema,
} from "../../mod.ts";
import { applyOperations } from "../../src/processor/operations/apply-operations.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { harness } from "../../src/testing/mod.ts";
import { plainStore } from "../support/plain-store.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Book {
  readonly title: string;
  readonly readers: readonly string[];
  readonly lentTo?: string;
}

const Library = {
  Book: {
    mount: (): Book => ({ title: "Ulysses, which is a long book with a long title", readers: [] }),
    lend(to: string, book: Book): Book {
      if (book.lentTo) {
        throw new NascError("lent", "It is lent already", { fields: { to: "Wait for it" } });
      }
      return { ...book, lentTo: to, readers: [...book.readers, to] };
    },
    async give_back(_: unknown, { lentTo, ...book }: Book, context: HandlerContext): Promise<Book> {
      if (lentTo) {
        await context.update(
          "Reader",
          lentTo,
          (reader: { read: number }) => ({ ...reader, read: reader.read + 1 }),
        );
      }
      return book;
    },
    tear: (): Book => {
      throw new RangeError("a page is missing");
    },
    async burn(_: unknown, book: Book, context: HandlerContext): Promise<Book> {
      await context.delete();
      return book;
    },
  },
  Reader: { mount: () => ({ read: 0, name: "somebody whose name is longer than a change" }) },
};

test("an event shows its state, its difference, its operations, what is stored and what is told", async () => {
  const { send, mount } = harness(Library);
  const { state: before } = await mount("Book", "u");
  const sent = await send("Book", "u", "lend", "ada");
  expect(sent).toMatchObject({
    eventId: "event-2",
    outcome: "applied",
    rev: 2,
    state: { ...before, lentTo: "ada", readers: ["ada"] },
    diff: { lentTo: "ada", readers: ["ada"] },
    frames: [{ action: "patch", type: "Book", instance: "u", rev: 2, ops: sent.ops }],
    error: undefined,
  });
  expect(applyOperations(before, sent.ops)).toEqual(sent.state);
  expect(sent.writes).toMatchObject([{
    type: "Book",
    key: "u",
    value: sent.state,
    metadata: { rev: 2 },
  }]);
  expect(JSON.stringify(sent.writes)).toContain("event-2");
});

test("the same program shows the same at each run, but for the epochs", async () => {
  const run = async () => {
    const { send } = harness(Library);
    const all = [
      await send("Book", "u", "lend", "ada"),
      await send("Book", "u", "lend", "bob"),
      await send("Book", "u", "give_back"),
    ];
    return JSON.stringify(all).replaceAll(/"epoch":"\w+"/g, "");
  };
  expect(await run()).toBe(await run());
});

test("a new instance is added as a whole, and a deleted one removed", async () => {
  const { send, state } = harness(Library);
  const lent = await send("Book", "u", "lend", "ada");
  expect(lent.ops).toEqual([{ op: "add", path: "", value: lent.state }]);
  expect(lent.diff).toEqual(lent.state);
  expect(lent.frames).toMatchObject([{ action: "snapshot", state: lent.state }]);
  const burnt = await send("Book", "u", "burn");
  expect(burnt).toMatchObject({
    state: undefined,
    diff: { title: undefined, readers: undefined, lentTo: undefined },
    ops: [{ op: "remove", path: "" }],
    frames: [{ action: "gone", code: "deleted" }],
  });
  expect(burnt.writes).toMatchObject([
    { type: "_nasc_gone" },
    { type: "Book", key: "u", delete: true },
  ]);
  expect(await state("Book", "u")).toBeUndefined();
});

describe("an event that comes to nothing", () => {
  test("of a refusal, shows the patch with its fields, and the state as it was", async () => {
    const { send } = harness(Library);
    const { state } = await send("Book", "u", "lend", "ada");
    const refused = await send("Book", "u", "lend", "bob");
    expect(refused).toMatchObject({
      ...{ outcome: "refused", state, diff: {}, ops: [], frames: [], writes: [] },
      error: { action: "error", code: "lent", fields: { to: "Wait for it" }, eventId: "event-2" },
    });
    expect(refused.told("bob")).toEqual([]);
  });

  test("of a handler's mistake, shows what was thrown, and reports it nowhere else", async () => {
    const reported: unknown[] = [];
    const { send } = harness(Library, { onError: (error) => reported.push(error) });
    const { error, outcome } = await send("Book", "u", "tear");
    expect([outcome, error?.code]).toEqual(["failed", "internal"]);
    expect(error?.cause).toBeInstanceOf(RangeError);
    expect(reported).toEqual([]);
  });

  test("of a message that nobody takes, says so", async () => {
    const { send, mount } = harness(Library);
    const names: [string, string, string][] = [
      ["Film", "u", "lend"],
      ["Book", "u", "toString"],
      ["Book", "", "lend"],
      ["Book", "u", "__proto__"],
    ];
    const codes = [];
    for (const [type, id, event] of names) codes.push((await send(type, id, event)).error?.code);
    expect(codes).toEqual(["unknown-type", "unknown-event", "invalid-message", "unknown-event"]);
    expect((await mount("Film", "u")).error?.code).toBe("unknown-type");
  });

  test("of a storage that fails, shows that", async () => {
    class Broken extends MemoryStore {
      override get(): Promise<never> {
        return Promise.reject(new Error("no disk"));
      }
    }
    const { send } = harness(Library, { store: new Broken(), onError: () => {} });
    expect((await send("Book", "u", "lend", "ada")).error?.code).toBe("unavailable");
  });

  test("of an equal state, stores nothing", async () => {
    const { send } = harness(Library);
    await send("Book", "u", "lend", "ada");
    await send("Book", "u", "give_back");
    const { outcome, writes, diff, ops } = await send("Book", "u", "give_back");
    expect({ outcome, writes, diff, ops }).toEqual({
      outcome: "unchanged",
      writes: [],
      diff: {},
      ops: [],
    });
  });
});

test("an event that is sent again is a repeat, which changes nothing and is shown what is so now", async () => {
  const { send } = harness(Library);
  const lend = () => send("Book", "u", "lend", "ada", { eventId: "mine" });
  const { state } = await lend();
  const again = await lend();
  expect(again).toMatchObject({
    ...{ eventId: "mine", outcome: "repeated", state, diff: {}, ops: [], writes: [] },
    frames: [{ action: "snapshot", state }],
  });
  const reused = await send("Book", "u", "lend", "bob", { eventId: "mine" });
  expect(reused.error?.code).toBe("event-id-reused");
});

test("an event made on an instance that is no more is told that it is gone", async () => {
  const { send } = harness(Library);
  const { frames: [first] } = await send("Book", "u", "lend", "ada");
  const { epoch, rev } = first as { epoch: string; rev: number };
  await send("Book", "u", "burn");
  expect((await send("Book", "u", "lend", "bob", { epoch, rev })).error?.code).toBe("gone");
});

describe("with a view", () => {
  interface Vote {
    readonly question: string;
    readonly votes: Readonly<Record<string, string>>;
    readonly isOpen: boolean;
  }
  const handlers = {
    Vote: defineHandler<{ user: string | undefined; env: { readonly name: string } }>()({
      mount: (_params, { env }): Vote => ({
        question: `Where does ${env.name} go?`,
        votes: {},
        isOpen: true,
      }),
      view({ votes, ...vote }, { user }) {
        if (vote.question === "broken") throw new RangeError("no view of this");
        if (user === "chair") return { ...vote, votes };
        return vote.isOpen ? { ...vote, mine: votes[user ?? ""] ?? null } : undefined;
      },
      vote: (where: string, vote, { user }) => ({
        ...vote,
        votes: { ...vote.votes, [user ?? ""]: where },
      }),
      close: (_: undefined, vote) => ({ ...vote, isOpen: false }),
      break: (_: undefined, vote) => ({ ...vote, question: "broken" }),
    }),
  };
  const options = { env: { name: "the choir" }, user: "ada" };
  const question = "Where does the choir go?";

  test("each user is told what they see of a change, and no more", async () => {
    const { send, see, mount } = harness(handlers, options);
    await mount("Vote", "v");
    const voted = await send("Vote", "v", "vote", "Rome");
    expect(voted.state?.votes).toEqual({ ada: "Rome" });
    expect(voted.frames).toMatchObject([{
      ops: [{ op: "replace", path: "/mine", value: "Rome" }],
    }]);
    expect(voted.told("ada")).toEqual(voted.frames);
    expect(voted.told("bob")).toEqual([]);
    expect(voted.told("chair")).toMatchObject([
      { action: "patch", rev: 2, ops: [{ op: "add", path: "/votes/ada", value: "Rome" }] },
    ]);
    expect(await see("Vote", "v")).toEqual({ question, isOpen: true, mine: "Rome" });
    expect(await see("Vote", "v", { user: undefined })).toEqual({
      question,
      isOpen: true,
      mine: null,
    });
    const closed = await send("Vote", "v", "close", undefined, { user: "chair" });
    expect(closed.frames).toMatchObject([{ action: "patch" }]);
    expect(closed.told("ada")).toEqual([
      { action: "gone", type: "Vote", instance: "v", code: "forbidden" },
    ]);
    expect(await see("Vote", "v")).toBeUndefined();
    expect(await see("Vote", "none")).toBeUndefined();
  });

  test("a view that fails is reported, and is the error of a mount", async () => {
    const reported: unknown[] = [];
    const { send, mount } = harness(handlers, {
      ...options,
      onError: (error) => reported.push(error),
    });
    const broken = await send("Vote", "v", "break");
    expect(broken).toMatchObject({
      outcome: "applied",
      frames: [{ action: "gone", code: "internal" }],
    });
    expect(String(reported)).toContain("no view of this");
    const { error, outcome, state } = await mount("Vote", "v");
    expect([outcome, error?.code, String(error?.cause)])
      .toEqual(["failed", "internal", "RangeError: no view of this"]);
    expect(state?.question).toBe("broken");
  });
});

const stores: readonly [string, () => InstanceStore][] = [
  ["a MemoryStore", () => new MemoryStore()],
  ["a SqliteStore", () => new SqliteStore(join(folder, `${crypto.randomUUID()}.sqlite`))],
  ["a plain store", () => plainStore(new Map())],
  ["a Map", () => new Map()],
  [
    "a Ramify db",
    () =>
      new Ramify().createStore<{ Note: Schema<{ id: string; text: string }, "id"> }>({
        Note: { primaryKey: "id" },
      }),
  ],
];

test.for(stores)("on %s, an event shows what is stored", async ([, open]) => {
  const Note = {
    mount: ({ id }: { id: string }) => ({
      id,
      text: "a",
      more: "longer than any change of the text",
    }),
    write: (text: string, note: object) => ({ ...note, text }),
  };
  const { send, state, mount } = harness({ Note }, { store: open() });
  await mount("Note", "a");
  const { writes, ops, diff, told } = await send("Note", "a", "write", "b");
  expect(diff).toEqual({ text: "b" });
  expect(ops).toEqual([{ op: "replace", path: "/text", value: "b" }]);
  expect(writes).toMatchObject([{ type: "Note", key: "a", value: { id: "a", text: "b" } }]);
  expect(told("anybody")).toMatchObject([{ action: "patch", rev: 2, ops }]);
  expect(await state("Note", "a")).toMatchObject({ id: "a", text: "b" });
  const repeat = { eventId: "once" };
  await send("Note", "a", "write", "c", repeat);
  await send("Note", "a", "write", "d");
  expect((await send("Note", "a", "write", "c", repeat)).outcome).toBe("repeated");
});

test("what one event changes elsewhere is stored and told too, also in a store that was there before", async () => {
  const store = new MemoryStore();
  await harness(Library, { store }).send("Book", "u", "lend", "ada");
  await harness(Library, { store }).mount("Reader", "ada");
  const { writes, told } = await harness(Library, { store }).send("Book", "u", "give_back");
  expect(writes).toMatchObject([
    { type: "Book", value: { readers: ["ada"] } },
    { type: "Reader", key: "ada", value: { read: 1 } },
  ]);
  expect(told(undefined)).toMatchObject([
    { action: "patch", type: "Book", ops: [{ op: "remove", path: "/lentTo" }] },
    {
      action: "patch",
      type: "Reader",
      instance: "ada",
      rev: 2,
      ops: [{ path: "/read", value: 1 }],
    },
  ]);
});

test("what a test makes of what it was shown changes nothing", async () => {
  const { send, state } = harness(Library);
  const { state: shown, writes, frames, diff, ops } = await send("Book", "u", "lend", "ada");
  const before = structuredClone(shown);
  for (const part of [shown, writes, frames, diff, ops]) {
    JSON.stringify(part, (_name, value) => {
      if (Array.isArray(value)) value.push("scribbled");
      return value;
    });
  }
  expect(await state("Book", "u")).toEqual(before);
});

test("events that are sent together run one after the other, each with what it has done itself", async () => {
  const add = (by: number, { n }: { n: number }) => ({ n: n + by });
  const { send } = harness({ Count: { mount: () => ({ n: 0 }), add } });
  const all = await Promise.all(Array.from({ length: 20 }, () => send("Count", "c", "add", 1)));
  expect(all.map(({ rev, diff }) => [rev, diff.n]).sort((a, b) => a[0]! - b[0]!))
    .toEqual(Array.from({ length: 20 }, (_, index) => [index + 1, index + 1]));
  expect(all.every(({ writes }) => writes.length === 1)).toBe(true);
});

test("drain waits for the work after an event, and what fails in it is reported", async () => {
  const mails: string[] = [];
  const reported: unknown[] = [];
  const Mail = {
    mount: () => ({}),
    send: (to: string, state: object, { waitUntil }: HandlerContext) => {
      waitUntil(async () => {
        await undefined;
        if (to === "nobody") throw new Error("no such address");
        mails.push(to);
      });
      return state;
    },
  };
  const { send, drain } = harness({ Mail }, { onError: (error) => reported.push(error) });
  await send("Mail", "m", "send", "ada");
  await send("Mail", "m", "send", "nobody");
  await drain();
  expect(mails).toEqual(["ada"]);
  expect(String(reported)).toContain("no such address");
});

test("a handler that takes too long is a timeout, and the clock of a test decides how long that is", async () => {
  const Stuck = { mount: () => ({}), wait: () => new Promise<object>(() => {}) };
  const { send } = harness({ Stuck }, { handlerTimeout: 1, onError: () => {} });
  expect((await send("Stuck", "s", "wait")).error?.code).toBe("timeout");
});

test("a state that its schema refuses is an error, unless checkState is false", async () => {
  const state = {
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: (value: unknown) =>
        (value as { n: number }).n < 2
          ? { value: value as { n: number } }
          : { issues: [{ message: "too much" }] },
    },
  };
  const Count = defineHandler()({
    mount: () => ({ n: 1 }),
    schemas: { state },
    add: (_: undefined, { n }) => ({ n: n + 1 }),
  });
  const { error } = await harness({ Count }).send("Count", "c", "add");
  expect([error?.code, String(error?.cause)]).toEqual([
    "internal",
    expect.stringContaining("too much"),
  ]);
  const unchecked = await harness({ Count }, { checkState: false }).send("Count", "c", "add");
  expect(unchecked.state).toEqual({ n: 2 });
});

test("arguments that are none are refused by name", async () => {
  expect(() => harness(undefined as never)).toThrow("Cannot make a harness");
  expect(() => harness(Library, { sotre: new Map() } as never)).toThrow("sotre is not an option");
  const { send } = harness(Library);
  await expect(send("Book", "u", "lend", "ada", { usr: "x" } as never)).rejects.toThrow(
    "usr is not an option",
  );
});

const Shop = {
  Order: {
    mount: () => ({ state: "open" }),
    place(item: string, _order: object, context: HandlerContext) {
      context.send("Stock", item, "take", { count: 1 });
      context.send("Order", context.id, "remind", undefined, { delay: 60_000 });
      if (item === "gold") throw new NascError("sold-out", "There is none");
      return { state: "placed" };
    },
    confirm: (_: unknown, _order: object) => ({ state: "confirmed" }),
    remind: () => ({ state: "late" }),
  },
  Stock: {
    mount: () => ({
      left: 10,
      note: "a note that is longer than the number, so a change is a patch",
    }),
    take({ count }: { count: number }, stock: { left: number }, context: HandlerContext) {
      const { type, id } = context.sender!;
      context.send(type, id, "confirm");
      return { ...stock, left: stock.left - count };
    },
    add: (count: number, stock: { left: number }) => ({ ...stock, left: stock.left + count }),
  },
};

test("an event shows what it sends, and drain delivers that and what comes of it", async () => {
  const { send, state, drain } = harness(Shop);
  await send("Stock", "tea", "add", 1);
  const sent = await send("Order", "o", "place", "tea");
  expect(sent.sends).toEqual([
    { type: "Stock", id: "tea", event: "take", payload: { count: 1 } },
    { type: "Order", id: "o", event: "remind", payload: undefined, delay: 60_000 },
  ]);
  expect(sent.writes.map(({ type }) => type)).toEqual(["Order", "_nasc_outbox", "_nasc_delayed"]);
  expect([await state("Stock", "tea"), await state("Order", "o")])
    .toMatchObject([{ left: 11 }, { state: "placed" }]);
  await drain();
  expect([await state("Stock", "tea"), await state("Order", "o")])
    .toMatchObject([{ left: 10 }, { state: "confirmed" }]);
  // What is shown of the next event begins with what was delivered.
  const { told, sends } = await send("Stock", "tea", "add", 5);
  expect(told("ada")).toMatchObject([{ ops: [{ op: "replace", path: "/left", value: 15 }] }]);
  expect(sends).toEqual([]);
});

test("an event that is refused sends nothing", async () => {
  const { send, state, drain } = harness(Shop);
  const { error, sends, writes } = await send("Order", "o", "place", "gold");
  expect([error?.code, sends, writes]).toEqual(["sold-out", [], []]);
  await drain();
  expect(await state("Stock", "gold")).toBeUndefined();
});

test("a delayed message is delivered by a drain when it is due", async () => {
  let now = 1_800_000_000_000;
  const clock = { ...systemClock, now: () => now };
  const { send, state, drain } = harness(Shop, { clock });
  await send("Order", "o", "place", "tea");
  await drain();
  expect(await state("Order", "o")).toEqual({ state: "confirmed" });
  now += 60_000;
  await drain();
  expect(await state("Order", "o")).toEqual({ state: "late" });
});

test("an event shows what it broadcasts, and finds those who look on as the test says", async () => {
  const Room = {
    mount: () => ({ names: "" }),
    type(text: string, room: object, context: HandlerContext) {
      for (const letter of text) context.broadcast({ letter });
      return room;
    },
    look: (_: unknown, _room: object, context: HandlerContext) => ({
      names: context.viewers().map(({ name }) => name).join(),
    }),
    fail(_: unknown, _room: object, context: HandlerContext) {
      context.broadcast("never");
      throw new NascError("no", "No");
    },
  };
  const viewers = [{ name: "ann" }, { name: "bob" }];
  const { send } = harness({ Room }, { viewers });
  const { broadcasts, writes, outcome } = await send("Room", "r", "type", "ab");
  expect(broadcasts).toEqual([{ letter: "a" }, { letter: "b" }]);
  expect([writes.length, outcome]).toEqual([1, "applied"]);
  // However many there are: a test is no flood.
  for (let time = 0; time < 30; time++) {
    const sent = await send("Room", "r", "type", "abcdefgh");
    expect([sent.broadcasts.length, sent.writes, sent.outcome]).toEqual([8, [], "unchanged"]);
  }
  expect((await send("Room", "r", "fail")).broadcasts).toEqual([]);
  expect((await send("Room", "r", "look")).state).toEqual({ names: "ann,bob" });
  expect((await harness({ Room }).send("Room", "r", "look")).state).toEqual({ names: "" });
  expect(() => harness({ Room }, { viewers: ["ann"] as never })).toThrow(
    'viewers.0 is "ann", a string; pass an object',
  );
});
