import fc from "fast-check";
import { expect, test } from "vitest";
import { Seat, ViewerList } from "../../src/router/viewer-list.ts";
import { SteppedClock } from "../support/clock.ts";

const address = { type: "Room", id: "r" };

/** Returns a list, and streams that sit in it and note what they are told. */
function room() {
  const clock = new SteppedClock();
  const errors: unknown[] = [];
  const list = new ViewerList(address, {
    presence: (user) => ({ name: user }),
    report: (error) => errors.push(error),
    clock,
  });
  function seat(name: string, token: string = crypto.randomUUID()) {
    const heard: { readonly at: number; readonly names: string }[] = [];
    const made = new Seat(list, {
      token,
      user: () => name,
      userKey: () => name,
      onList: ({ sight }) => {
        const { viewers } = JSON.parse(sight.encoded!.text);
        const names = viewers.map((viewer: { name: string }) => viewer.name).join();
        heard.push({ at: clock.now(), names });
      },
    });
    return { seat: made, heard, name };
  }
  const names = () => list.all.map(({ name }) => name).join();
  return { clock, list, seat, names, errors };
}

test("a list is told to who comes at once, and to the others once a second at most, the last one always", () => {
  const { clock, seat } = room();
  const ann = seat("ann");
  ann.seat.see(true);
  clock.pass(0);
  expect(ann.heard).toEqual([{ at: 0, names: "ann" }]);
  const others = Array.from("abcdefghij", (name) => seat(name));
  for (const { seat } of others) {
    seat.see(true);
    clock.pass(100);
  }
  expect(ann.heard.slice(1)).toEqual([{ at: 1_000, names: "ann,a,b,c,d,e,f,g,h,i,j" }]);
  expect(others[4]!.heard[0]).toEqual({ at: 400, names: "ann,a,b,c,d,e" });
  // Who comes and goes within a second is no news to the others.
  clock.pass(5_000);
  const brief = seat("brief");
  clock.pass(0);
  others[0]!.seat.see(false);
  clock.pass(0);
  expect(ann.heard.at(-1)).toEqual({ at: 6_000, names: "ann,b,c,d,e,f,g,h,i,j" });
  const count = ann.heard.length;
  brief.seat.see(true);
  brief.seat.leave();
  clock.pass(1_000);
  expect(ann.heard).toHaveLength(count);
  for (const { seat } of [ann, ...others]) seat.leave();
  expect(clock.waiting).toBe(0);
});

test("a clock that is set back makes nobody wait longer than a second", () => {
  const { clock, seat } = room();
  const ann = seat("ann");
  clock.pass(1_000_000);
  ann.seat.see(true);
  clock.pass(0);
  clock.pass(-900_000);
  seat("bob").seat.see(true);
  clock.pass(1_000);
  expect(ann.heard.at(-1)!.names).toBe("ann,bob");
});

test("handlers find 1,000 at most, and pages 100, those who came first", () => {
  const { clock, list, seat } = room();
  const all = Array.from({ length: 1_200 }, (_, index) => seat(`n${index}`));
  for (const { seat } of all) seat.see(true);
  clock.pass(0);
  expect(list.all).toHaveLength(1_000);
  expect(list.all[999]).toEqual({ name: "n999" });
  const [first] = all;
  expect(first!.heard.at(-1)!.names).toBe(all.slice(0, 100).map(({ name }) => name).join());
  for (let index = 1; index <= 300; index++) all[index]!.seat.leave();
  expect(list.all).toHaveLength(900);
  expect(list.all[1]).toEqual({ name: "n301" });
});

test("what is listed is frozen, and nobody else's", () => {
  const shared = { name: "ann", tags: ["x"] };
  const list = new ViewerList(address, {
    presence: () => shared,
    report: () => {},
    clock: new SteppedClock(),
  });
  const seat = new Seat(list, {
    ...{ token: "t", user: () => undefined, userKey: () => "-", onList: () => {} },
  });
  seat.see(true);
  shared.tags.push("y");
  const [listed] = list.all;
  expect(listed).toEqual({ name: "ann", tags: ["x"] });
  for (const part of [list.all, listed, listed!.tags]) expect(Object.isFrozen(part)).toBe(true);
});

test("a list holds those with a stream that shows something, in the order in which they came, and the last list is told to each", () => {
  const step = fc.record({ stream: fc.nat(11), what: fc.constantFrom("see", "hide", "leave") });
  const streams = fc.array(fc.record({ step, wait: fc.constantFrom(0, 1, 400, 1_000) }));
  fc.assert(fc.property(streams, (steps) => {
    const { clock, seat, names, errors } = room();
    // Three streams of each of four users.
    const made = Array.from({ length: 12 }, (_, index) => seat(`user${index % 4}`, `t${index}`));
    const open = new Set(made);
    let order: string[] = [];
    const visible = new Set<(typeof made)[number]>();
    for (const { step: { stream, what }, wait } of steps) {
      const one = made[stream]!;
      if (what === "leave") open.delete(one);
      if (what === "see" && open.has(one)) visible.add(one);
      else if (what !== "see") visible.delete(one);
      if (what === "see") one.seat.see(true);
      else if (what === "hide") one.seat.see(false);
      else one.seat.leave();
      const present = new Set([...visible].map(({ name }) => name));
      order = [...order.filter((name) => present.has(name))];
      for (const name of present) if (!order.includes(name)) order.push(name);
      expect(names()).toBe(order.join());
      clock.pass(wait);
    }
    clock.pass(1_000);
    expect(errors).toEqual([]);
    for (const { heard } of visible) expect(heard.at(-1)!.names).toBe(order.join());
    for (const { heard } of made) {
      for (const [index, { names }] of heard.entries()) {
        if (index > 0) expect(names).not.toBe(heard[index - 1]!.names);
      }
    }
    for (const { seat } of made) seat.leave();
    expect([names(), clock.waiting]).toEqual(["", 0]);
  }));
});
