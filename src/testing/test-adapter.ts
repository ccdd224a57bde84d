import type { Adapter, Key } from "../persistence/adapter/adapter.ts";
import { checkOptions } from "../shared/check-options.ts";
import * as kind from "../shared/kinds.ts";
import { atomicity } from "./atomicity.ts";
import { basic } from "./basic.ts";
import type { Case, CaseGroup } from "./case.ts";
import { checks } from "./checks.ts";
import { clear } from "./clear.ts";
import { close } from "./close.ts";
import { concurrency } from "./concurrency.ts";
import { conflicts } from "./conflicts.ts";
import { damage } from "./damage.ts";
import { expired, expiry } from "./expiry.ts";
import { isolation } from "./isolation.ts";
import { keys } from "./keys.ts";
import { limits } from "./limits.ts";
import { order } from "./order.ts";
import { paging } from "./paging.ts";
import { reopening } from "./reopening.ts";
import { splitting } from "./splitting.ts";
import { values } from "./values.ts";
import { versions } from "./versions.ts";
import { watch } from "./watch.ts";

/** One promise that users of an adapter rely on. */
export interface AdapterCase {
  /** A sentence that starts with the adapter and the group, such as `"MyStore · basic · …"`. */
  readonly name: string;
  /** Why the case is left out, if that is known before it runs. */
  readonly skip: string | undefined;
  /**
   * Resolves when the adapter keeps the promise, and rejects with what it did instead. A promise that the adapter does
   * not make, as its `capabilities` say once it is open, is left out: `run` calls `test.skip(reason)` if `test` has it,
   * as the context that Node's and Vitest's runners pass to a test does, and otherwise logs a line.
   */
  readonly run: (test?: unknown) => Promise<void>;
}

/** Options of {@link testAdapter}. */
export interface TestAdapterOptions {
  /** Why a group (`"reopening"`) or a case (its sentence) is left out. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Lets this many milliseconds pass for the adapter, whose clock is then the test's. */
  readonly advance?: (milliseconds: number) => Promise<void> | void;
  /** Damages what the backend stores under a key, so no adapter can read it. */
  readonly corrupt?: (type: string, key: Key) => Promise<void> | void;
}

const optionKinds: kind.Kinds<TestAdapterOptions> = {
  skip: {
    ...kind.record,
    cure: "an object with a reason for each group or case",
    each: { ...kind.text, cure: "the reason, a string" },
  },
  advance: kind.callback,
  corrupt: kind.callback,
};

const groups: Readonly<Record<string, CaseGroup>> = {
  ...{ basic, values, keys, order, paging, versions, conflicts, checks, atomicity, limits },
  ...{ splitting, clear, watch, close, reopening, concurrency, isolation, expiry, expired, damage },
};

/** The groups that need an option. */
const needs: Readonly<Record<string, "advance" | "corrupt">> = {
  expired: "advance",
  damage: "corrupt",
};

/**
 * Returns the cases that an adapter has to pass, for any test runner.
 *
 * Each case writes under types of its own, so all of them can share one storage and run at once. The group `expired`
 * needs the option `advance`, and the group `damage` the option `corrupt`; without it the group is left out.
 *
 * @param name The adapter's name in the names of the cases.
 * @param open Opens an adapter, on the same storage each time.
 * @throws {TypeError} when an argument is not what it should be, or `skip` names neither a group nor a case.
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
 *   console.log(skip ? `left out, ${skip}:` : "kept:", name);
 * }
 * ```
 */
export function testAdapter(
  name: string,
  open: () => Adapter | Promise<Adapter>,
  options: TestAdapterOptions = {},
): readonly AdapterCase[] {
  checkOptions("test an adapter", { name, open, options }, {
    name: { ...kind.text, isRequired: true },
    open: { ...kind.callback, cure: "a function that opens an adapter", isRequired: true },
    options: kind.optionsOf(optionKinds),
  });
  const { skip = {} } = options;
  const unused = new Set(Object.keys(skip));
  const cases = Object.entries(groups).flatMap(([group, sentences]) => {
    unused.delete(group);
    return Object.entries(sentences).map(([sentence, check]): AdapterCase => {
      unused.delete(sentence);
      const title = `${name} · ${group} · ${sentence}`;
      return {
        name: title,
        skip: skip[sentence] ?? skip[group] ?? missing(needs[group], options),
        async run(test) {
          const reason = await runCase(check, { open, options });
          if (reason !== undefined) leaveOut(title, { reason, test });
        },
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
  check: Case,
  { open, options }: { open: () => Adapter | Promise<Adapter>; options: TestAdapterOptions },
): ReturnType<Case> {
  const opened: Adapter[] = [];
  async function openOne(): Promise<Adapter> {
    const adapter = await open();
    opened.push(adapter);
    return adapter;
  }
  const { advance = unavailable, corrupt = unavailable } = options;
  try {
    // The capital letter meets backends that ignore case.
    const type = `Case-${crypto.randomUUID()}`;
    return await check({ adapter: await openOne(), type, open: openOne, advance, corrupt });
  } finally {
    for (const adapter of opened) await adapter.close();
  }
}

function missing(
  need: "advance" | "corrupt" | undefined,
  options: TestAdapterOptions,
): string | undefined {
  return need && !options[need] ? `it needs the option \`${need}\`` : undefined;
}

function unavailable(): never {
  throw new Error("Cannot run this case: it needs an option that its group does not ask for");
}

/** Reports a case that is left out to the runner, or logs it. */
function leaveOut(title: string, { reason, test }: { reason: string; test: unknown }): void {
  const runner = test as { skip?: (reason: string) => void } | undefined;
  if (typeof runner?.skip === "function") runner.skip(reason);
  else console.info(`${title}: left out, ${reason}`);
}
