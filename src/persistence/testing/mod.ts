/**
 * The suite that every adapter of Rian passes, for whoever writes another one.
 *
 * @module
 */
import type { Adapter } from "../adapter.ts";
import { atomicity } from "./atomicity.ts";
import { basic } from "./basic.ts";
import type { CaseContext, CaseGroup } from "./case.ts";
import { clear } from "./clear.ts";
import { close } from "./close.ts";
import { concurrency } from "./concurrency.ts";
import { conflicts } from "./conflicts.ts";
import { expiry } from "./expiry.ts";
import { isolation } from "./isolation.ts";
import { keys } from "./keys.ts";
import { limits } from "./limits.ts";
import { order } from "./order.ts";
import { paging } from "./paging.ts";
import { reopening } from "./reopening.ts";
import { values } from "./values.ts";
import { versions } from "./versions.ts";
import { watch } from "./watch.ts";

/** One thing that users of an adapter rely on. */
export interface AdapterCase {
  /** A sentence that starts with the adapter and the group, such as `"MyStore · basic · …"`. */
  readonly name: string;
  /** Why the case is left out, if it is. */
  readonly skip: string | undefined;
  /** Resolves when the adapter keeps the promise, and rejects with what it did instead. */
  readonly run: () => Promise<void>;
}

/** What {@link testAdapter} has to know of an adapter. */
export interface TestAdapterOptions {
  /** Why a group (`"reopening"`) or a case (its sentence) is left out. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Lets this many milliseconds pass for the adapter, whose clock is then the test's. */
  readonly advance?: (milliseconds: number) => Promise<void> | void;
}

const groups: Readonly<Record<string, CaseGroup>> = {
  ...{ basic, values, keys, order, paging, versions, conflicts, atomicity, limits, clear },
  ...{ watch, close, reopening, concurrency, isolation, expiry },
};

/**
 * The cases that an adapter has to pass, to be registered with any test runner.
 *
 * Each case writes under types of its own, so all of them may share one storage and run at once.
 *
 * @param name The adapter's name in the names of the cases.
 * @param open Opens an adapter on the same storage each time.
 * @throws {TypeError} when `skip` names neither a group nor a case.
 *
 * @example Running the suite with any runner
 * ```ts
 * import { MemoryStore } from "rian";
 * import { testAdapter } from "rian/testing";
 *
 * const cases = testAdapter("MemoryStore", () => new MemoryStore(), {
 *   skip: { reopening: "memory ends with its store" },
 * });
 * for (const { name, skip, run } of cases) {
 *   if (!skip) await run(); // Node: test(name, { skip }, run); Deno: Deno.test(name, run)
 *   console.log(skip ? "left out" : "kept", name);
 * }
 * ```
 */
export function testAdapter(
  name: string,
  open: () => Adapter | Promise<Adapter>,
  options: TestAdapterOptions = {},
): readonly AdapterCase[] {
  const { skip = {}, advance } = options;
  const unused = new Set(Object.keys(skip));
  const cases = Object.entries(groups).flatMap(([group, sentences]) => {
    unused.delete(group);
    return Object.entries(sentences).map(([sentence, check]): AdapterCase => {
      unused.delete(sentence);
      return {
        name: `${name} · ${group} · ${sentence}`,
        skip: skip[sentence] ?? skip[group],
        run: () => runCase(check, { open, advance }),
      };
    });
  });
  if (unused.size > 0) {
    throw new TypeError(
      `Cannot test ${name}: skip names ${[...unused].join(", ")}, which is no group and no case`,
    );
  }
  return cases;
}

async function runCase(
  check: CaseGroup[string],
  { open, advance }: { open: () => Adapter | Promise<Adapter>; advance: CaseContext["advance"] },
): Promise<void> {
  const opened: Adapter[] = [];
  async function openOne(): Promise<Adapter> {
    const adapter = await open();
    opened.push(adapter);
    return adapter;
  }
  try {
    // The capital letter meets backends that ignore case.
    const type = `Case-${crypto.randomUUID()}`;
    await check({ adapter: await openOne(), type, open: openOne, advance });
  } finally {
    for (const adapter of opened) await adapter.close();
  }
}
