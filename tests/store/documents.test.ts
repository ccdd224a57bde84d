import { describe, expect, test } from "vitest";
import { Ramify, type Schema } from "../../src/store/mod.ts";

interface Rich {
  id: number;
  [name: string]: unknown;
}

function open(options: { detached?: boolean } = {}) {
  return new Ramify().createStore<{ rich: Schema<Rich, "id"> }>({
    rich: { primaryKey: "id" },
  }, options).rich;
}

const date = new Date(5);
const everything: Rich = {
  id: 1,
  text: "t",
  big: 10n ** 30n,
  nothing: null,
  missing: undefined,
  nan: NaN,
  zero: -0,
  date,
  list: [1, [2, { deep: new Date(7) }]],
  nested: { a: { b: { c: [new Date(8)] } } },
  map: new Map<unknown, unknown>([[{ key: 1 }, { value: [1] }], ["x", new Date(9)]]),
  set: new Set<unknown>([1, { in: "set" }]),
  bytes: new Uint8Array([1, 2, 3]),
  floats: new Float64Array([0.5]),
  buffer: new Uint8Array([4, 5]).buffer,
  view: new DataView(new ArrayBuffer(2)),
  bytesInMap: new Map([["k", new Uint8Array([6])]]),
  bytesInList: [new Uint8Array([7])],
  expression: /x/gi,
  error: new RangeError("r"),
};

describe("a document of whatever structuredClone accepts", () => {
  test("is read as it was written, and equals its structured clone", () => {
    const rich = open();
    rich.put(everything);
    expect(rich.get(1)).toEqual(everything);
    expect(structuredClone(rich.get(1))).toEqual(structuredClone(everything));
    expect(structuredClone(rich.get(1))!.date).toBeInstanceOf(Date);
    expect(Object.getPrototypeOf(structuredClone(rich.get(1))!.map)).toBe(Map.prototype);
    expect(Object.keys(rich.get(1)!)).toEqual(Object.keys(everything));
  });

  test("can be posted to another thread", async () => {
    const rich = open();
    rich.put(everything);
    const { port1, port2 } = new MessageChannel();
    const arrived = new Promise((resolve) => port2.onmessage = ({ data }) => resolve(data));
    port1.postMessage(rich.get(1));
    expect(await arrived).toEqual(structuredClone(everything));
    port1.close();
  });

  test("cannot be changed by a reader, at any depth", () => {
    const rich = open();
    rich.put(everything);
    // deno-lint-ignore no-explicit-any -- reaches into a document of no particular type
    const read = rich.get(1) as any;
    const attempts: (() => unknown)[] = [
      () => read.text = "u",
      () => delete read.text,
      () => read.more = 1,
      () => read.list.push(1),
      () => read.list[1][1].deep = 1,
      () => read.list[1][1].deep.setTime(1),
      () => read.nested.a.b.c[0].setFullYear(1),
      () => read.date.setTime(1),
      () => read.date.more = 1,
      () => read.map.set("x", 1),
      () => read.map.delete("x"),
      () => read.map.clear(),
      () => read.map.get("x").setTime(1),
      () => [...read.map.keys()][0].key = 2,
      () => read.set.add(5),
      () => read.set.clear(),
      () => read.bytes = 1,
      () => read.bytesInList.push(1),
      () => read.expression.lastIndex = 3,
      () => read.error.message = "s",
    ];
    for (const attempt of attempts) expect(attempt, String(attempt)).toThrow(TypeError);
    expect(rich.get(1)).toBe(read);
    expect(read).toEqual(everything);
  });

  test("gives a fresh copy of its bytes, which cannot be frozen, on each read", () => {
    const rich = open();
    rich.put(everything);
    // deno-lint-ignore no-explicit-any -- reaches into a document of no particular type
    const read = rich.get(1) as any;
    read.bytes[0] = 9;
    new Uint8Array(read.buffer)[0] = 9;
    read.view.setInt8(0, 9);
    read.bytesInList[0][0] = 9;
    read.bytesInMap.get("k")[0] = 9;
    read.bytesInMap.set("l", 1);
    expect(rich.get(1)).toEqual(everything);
    expect(rich.get(1)).toBe(read);
    rich.update(1, { text: "u" });
    expect(rich.get(1)).toEqual({ ...everything, text: "u" });
  });

  test("keeps only its part of a large buffer", () => {
    const rich = open();
    const large = new Uint16Array(1000).fill(7, 4, 6);
    rich.put({ id: 1, part: large.subarray(4, 6) });
    const { part } = rich.get(1) as { part?: Uint16Array };
    expect(part).toEqual(new Uint16Array([7, 7]));
    expect(part!.buffer.byteLength).toBe(4);
  });

  test("keeps an own __proto__ as an ordinary property", () => {
    const rich = open();
    rich.put(JSON.parse('{ "id": 1, "__proto__": { "isAdmin": true } }'));
    expect((rich.get(1) as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(Object.hasOwn(rich.get(1)!, "__proto__")).toBe(true);
    rich.update(1, { x: 1 });
    expect((rich.get(1) as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test("holds instances of classes and proxies as plain objects", () => {
    class Point {
      x = 1;
      get y() {
        return 2;
      }
    }
    const rich = open();
    rich.put({ id: 1, point: new Point(), proxy: new Proxy({ a: [1] }, {}) });
    expect(Object.getPrototypeOf(rich.get(1)!.point)).toBe(Object.prototype);
    expect(structuredClone(rich.get(1))).toEqual({ id: 1, point: { x: 1 }, proxy: { a: [1] } });
  });
});

describe("what a caller passes in", () => {
  test("is neither frozen nor shared, at any depth", () => {
    const rich = open();
    const mine = structuredClone(everything);
    rich.put(mine);
    void rich.get(1);
    (mine.date as Date).setTime(1);
    (mine.map as Map<unknown, unknown>).set("x", 1);
    (mine.set as Set<unknown>).clear();
    (mine.bytes as Uint8Array)[0] = 9;
    (mine.list as unknown[]).push(1);
    (mine.nested as { a: { b: unknown } }).a.b = 1;
    expect(rich.get(1)).toEqual(everything);
  });

  test("is copied by an update too", () => {
    const rich = open();
    rich.put({ id: 1 });
    const list = [1];
    rich.update(1, { list });
    list.push(2);
    expect(rich.get(1)).toEqual({ id: 1, list: [1] });
    expect(Object.isFrozen(list)).toBe(false);
  });

  test("is copied even if it is a Date that serves as a key", () => {
    const { days } = new Ramify().createStore<{ days: Schema<{ day: Date }, "day"> }>({
      days: { primaryKey: "day" },
    });
    const day = new Date(1);
    days.put({ day });
    day.setTime(2);
    expect(days.has(new Date(1))).toBe(true);
    expect(() => days.keys()[0]!.setTime(3)).toThrow(TypeError);
  });
});

describe("a detached store", () => {
  test("hands out copies that may be changed and put back", () => {
    const rich = open({ detached: true });
    rich.put(everything);
    // deno-lint-ignore no-explicit-any -- reaches into a document of no particular type
    const mine = rich.get(1) as any;
    expect(mine).toEqual(everything);
    expect(mine).not.toBe(rich.get(1));
    mine.date.setTime(1);
    mine.map.set("x", 1);
    mine.list.push(1);
    mine.bytes[0] = 9;
    mine.nested.a.b = 1;
    expect(rich.get(1)).toEqual(everything);
    expect(rich.toArray()).toEqual([everything]);
    rich.put(mine);
    expect(rich.get(1)).toEqual(mine);
    rich.each((document) => Object.assign(document, { text: "theirs" }));
    expect(rich.get(1)!.text).toBe("t");
  });

  test("passes frozen documents to filters and observers", () => {
    const rich = open({ detached: true });
    const told: unknown[] = [];
    rich.subscribe((_type, _keys, { after }) => void told.push(after[0]));
    rich.put({ id: 1, list: [1] });
    expect(Object.isFrozen(told[0])).toBe(true);
    expect(rich.filter((document) => Object.isFrozen(document)).count()).toBe(1);
  });
});
