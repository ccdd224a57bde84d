import type { InstanceStore } from "../../mod.ts";
import { createProcessor } from "../../mod.ts";
import { type Contender, type Effort, measure } from "./measure.ts";
import { shownRatio, shownTime, table } from "./report.ts";
import { eventIds, handlers, type Kind, kinds } from "./todos.ts";

/** A storage as it is used by hand. Without an id, an event leaves no receipt. */
export interface ByHand {
  /** Stores the first state of an instance. */
  mount(id: string, state: unknown): unknown;
  /** Runs one event with the guarantees that a processor gives, and returns the next state. */
  event(
    id: string,
    step: (state: unknown) => unknown,
    receipt: { readonly eventId: string; readonly payload: unknown } | undefined,
  ): unknown;
  /** Does what no way to keep the next state can do without. */
  limit(id: string, state: unknown): unknown;
  /** Says what the limit is. */
  readonly limitIs: string;
}

/** What is to be reached, by the name of the row, as a ratio to doing it by hand. */
export type Targets = Readonly<Record<string, number>>;

/** Options of {@link measureRows}. */
export interface RowsOptions {
  readonly title: string;
  readonly byHand: ByHand;
  /** The stores that a processor is measured on. */
  readonly stores: Readonly<Record<string, InstanceStore>>;
  readonly targets?: Targets;
  readonly effort: Effort;
}

/** Measures each kind of event, with an id and without, against the same by hand. */
export async function measureRows(options: RowsOptions): Promise<string> {
  const { title, byHand, stores, targets = {}, effort } = options;
  const rows: string[][] = [];
  for (const [name, kind] of Object.entries(kinds)) {
    for (const hasId of [false, true]) {
      const row = hasId ? `${name}, with an eventId` : name;
      const contenders = await contendersOf(kind, { byHand, stores, hasId });
      const results = await measure(contenders, effort);
      const hand = results.get("by hand")!;
      const limit = results.get("the limit")!;
      rows.push([
        row,
        shownTime(hand.time),
        ...Object.keys(stores).map((store) => shownRatio(results.get(store)!.ratio)),
        targets[row] === undefined ? "" : `≤ ${targets[row]}`,
        shownRatio(limit.ratio),
      ]);
    }
  }
  const ours = Object.keys(stores).map((name) => `${name} ÷ by hand`);
  return table(
    `${title} (the limit: ${byHand.limitIs})`,
    ["event", "by hand", ...ours, "to reach", "limit ÷ by hand"],
    rows,
  );
}

async function contendersOf(
  kind: Kind<unknown>,
  { byHand, stores, hasId }: {
    readonly byHand: ByHand;
    readonly stores: RowsOptions["stores"];
    readonly hasId: boolean;
  },
): Promise<Contender[]> {
  const { type, event, first, payload, handle, use } = kind;
  const id = `${type}-${hasId}`;
  const nextId = eventIds();
  const limitId = `${id}-limit`;
  await byHand.mount(id, first());
  await byHand.mount(limitId, first());
  let handIndex = 0;
  const state = first();
  return [
    {
      name: "by hand",
      async run(times) {
        let used = 0;
        for (let time = 0; time < times; time++) {
          const sent = payload(handIndex++);
          const receipt = hasId ? { eventId: nextId(), payload: sent } : undefined;
          const made = byHand.event(id, (state) => handle(sent as never, state), receipt);
          // Where nothing waits, by hand does not wait either.
          used += use(made instanceof Promise ? await made : made);
        }
        return used;
      },
    },
    {
      name: "the limit",
      async run(times) {
        for (let time = 0; time < times; time++) {
          const done = byHand.limit(limitId, state);
          if (done instanceof Promise) await done;
        }
        return times;
      },
    },
    ...await Promise.all(
      Object.entries(stores).map(async ([name, store]): Promise<Contender> => {
        const process = createProcessor(handlers, store);
        await process({ type, instance: id, event: "mount" });
        let index = 0;
        return {
          name,
          async run(times) {
            let used = 0;
            for (let time = 0; time < times; time++) {
              const patches = await process({
                type,
                instance: id,
                event,
                payload: payload(index++),
                ...hasId && { eventId: nextId() },
              });
              if (patches[0]?.action === "error") throw new Error(patches[0].message);
              used += patches.length;
            }
            return used;
          },
        };
      }),
    ),
  ];
}
