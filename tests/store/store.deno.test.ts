import { expect, test } from "vitest";
import { journey, reading, readingStore, seen } from "./journeys.ts";

test("the store behaves in Deno as it does elsewhere", () => {
  expect(journey()).toEqual(seen);
  expect(structuredClone(readingStore().readings.get(1))).toEqual(reading);
});
