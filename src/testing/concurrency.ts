import type { Adapter } from "../persistence/adapter/adapter.ts";
import { assertEqual } from "./assert.ts";
import { type CaseGroup, unconditional } from "./case.ts";
import { untilCommitted } from "./retry.ts";

const writerCount = 4;
const incrementsEach = 250;

/** Nothing is lost between writers. */
export const concurrency: CaseGroup = {
  "1,000 concurrent increments make 1,000": async ({ adapter, type, open }) => {
    const { conditional } = adapter.capabilities;
    if (conditional === "none") return unconditional;
    // "global" is a promise about other connections, so half of the writers use another one.
    const other = conditional === "global" ? await open() : adapter;
    await Promise.all(Array.from({ length: writerCount }, (_, writer) => {
      return increment(writer % 2 === 0 ? adapter : other, type);
    }));
    assertEqual((await adapter.get(type, "n"))?.value, writerCount * incrementsEach, "the count");
  },

  "concurrent writes to different entries are all kept": async ({ adapter, type }) => {
    await Promise.all(Array.from({ length: 100 }, (_, key) => {
      return adapter.commit([{ type, key, value: key }]);
    }));
    let count = 0;
    for await (const { key, value } of adapter.list(type)) {
      assertEqual(value, key, "the value");
      count++;
    }
    assertEqual(count, 100, "the number of entries");
  },
};

async function increment(adapter: Adapter, type: string): Promise<void> {
  for (let done = 0; done < incrementsEach; done++) {
    await untilCommitted(async () => {
      const entry = await adapter.get(type, "n");
      const value = (entry?.value as number | undefined ?? 0) + 1;
      await adapter.commit([{ type, key: "n", value, ifVersion: entry?.version ?? null }]);
    });
  }
}
