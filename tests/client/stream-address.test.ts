import fc from "fast-check";
import { expect, test } from "vitest";
import { groupsOf, streamAddress } from "../../src/client/stream-address.ts";

const url = "/nasc/stream";
const addresses = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ type: "Counter", id: `scope-number-${index}` }));
const have = `${"e".repeat(16)}.123.${"t".repeat(11)}`;

test.for([
  [20, 1],
  [60, 3],
  [170, 2],
  [300, 4],
])("%i instances need %i streams, so events still find a connection", ([count, streams]) => {
  expect(groupsOf(url, addresses(count!))).toHaveLength(streams!);
});

test("an address is short where there are few instances, and no longer than servers take where there are many", () => {
  for (const count of [1, 20, 60, 90, 91, 170, 300]) {
    for (const group of groupsOf(url, addresses(count))) {
      const address = streamAddress(url, group, group.map(() => have));
      expect(address.length).toBeLessThanOrEqual(count <= 60 ? 2_000 : 7_000);
      expect(address.split(have)).toHaveLength(group.length + 1);
    }
  }
});

test("every instance is in one stream, in order, and with its have or none", () => {
  const id = fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" });
  const text = fc.stringMatching(/^[a-z~-]{0,120}$/);
  fc.assert(fc.property(fc.array(fc.tuple(id, text), { maxLength: 150 }), (pairs) => {
    const named = pairs.map(([id]) => ({ type: "T", id }));
    const groups = groupsOf(url, named);
    expect(groups.flat()).toEqual(named);
    let index = 0;
    for (const group of groups) {
      const haves = group.map((_, place) => pairs[index + place]![1]);
      index += group.length;
      const { searchParams } = new URL(streamAddress(url, group, haves), "http://rian.test");
      expect(group.length).toBeLessThanOrEqual(100);
      expect(searchParams.getAll("scope")).toEqual(group.map(({ id }) => `T:${id}`));
      for (const [place, found] of searchParams.getAll("have").entries()) {
        expect(["", haves[place]]).toContain(found);
      }
    }
  }));
});
