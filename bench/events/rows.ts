import type { ErrorPatch, InstanceStore } from "../../mod.ts";
import { createProcessor } from "../../mod.ts";
import type { InstanceFrame } from "../../src/processor/frames.ts";
import { type Contender, type Effort, measure } from "./measure.ts";
import { shownRatio, shownTime, table } from "./report.ts";
import { eventIds, handlers, kinds } from "./todos.ts";

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
}

const byHandName = "by hand";
const limitName = "the limit";

/** What is to be reached, by the name of the row, as a ratio to doing it by hand. */
export type Targets = Readonly<Record<string, number>>;

/** One kind of event, with an id or without. */
export interface Row {
  /** The name of one of {@link kinds}. */
  readonly kind: string;
  readonly hasId: boolean;
}

/** Options of {@link measureRows}. */
export interface RowsOptions {
  readonly title: string;
  readonly limitIs: string;
  /** The names of the stores that a processor is measured on. */
  readonly stores: readonly string[];
  /** Returns what is measured in a row: by hand, the limit, and each store. */
  readonly contenders: (row: Row) => Promise<readonly Contender[]>;
  readonly targets?: Targets;
  readonly effort: Effort;
}

/** Measures each kind of event, with an id and without, against the same by hand. */
export async function measureRows(options: RowsOptions): Promise<string> {
  const { title, limitIs, stores, contenders, targets = {}, effort } = options;
  const rows: string[][] = [];
  for (const kind of Object.keys(kinds)) {
    for (const hasId of [false, true]) {
      const row = hasId ? `${kind}, with an eventId` : kind;
      const results = await measure(await contenders({ kind, hasId }), effort);
      rows.push([
        row,
        shownTime(results.get(byHandName)!.time),
        ...stores.map((store) => shownRatio(results.get(store)!.ratio)),
        targets[row] === undefined ? "" : `≤ ${targets[row]}`,
        shownRatio(results.get(limitName)!.ratio),
      ]);
    }
  }
  return table(
    `${title} (the limit: ${limitIs})`,
    [
      "event",
      byHandName,
      ...stores.map((name) => `${name} ÷ by hand`),
      "to reach",
      "limit ÷ by hand",
    ],
    rows,
  );
}

/** What a page has seen of an instance. */
interface Seen {
  readonly epoch: string;
  readonly rev: number;
}

/** Returns what a page has seen once it got a frame. */
function seenAfter(frame: InstanceFrame | ErrorPatch | undefined, epoch: string = ""): Seen {
  if (frame?.action === "snapshot") return { epoch: frame.epoch, rev: frame.rev };
  if (frame?.action === "patch") return { epoch, rev: frame.rev };
  throw new Error(`there is no state, but ${JSON.stringify(frame)}`);
}

/** Returns what is measured in a row, on storages of this process. */
export async function contendersOf(
  { kind, hasId }: Row,
  { byHand, stores }: {
    readonly byHand: ByHand;
    readonly stores: Readonly<Record<string, InstanceStore>>;
  },
): Promise<Contender[]> {
  const { type, event, first, payload, handle, use } = kinds[kind]!;
  const id = `${type}-${hasId}`;
  const nextId = eventIds();
  const limitId = `${id}-limit`;
  await byHand.mount(id, first());
  await byHand.mount(limitId, first());
  let handIndex = 0;
  const state = first();
  return [
    {
      name: byHandName,
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
      name: limitName,
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
        const page = { type, instance: id, protocol: 2 } as const;
        const [mounted] = await process({ ...page, event: "mount" });
        // What the page has seen: without it, the receipts of a whole day would be searched.
        let seen = seenAfter(mounted);
        let index = 0;
        return {
          name,
          async run(times) {
            let used = 0;
            for (let time = 0; time < times; time++) {
              const sent = { ...page, event, payload: payload(index++) };
              const [frame] = await process(
                hasId ? { ...sent, ...seen, eventId: nextId() } : sent,
              );
              seen = seenAfter(frame, seen.epoch);
              used += seen.rev;
            }
            return used;
          },
        };
      }),
    ),
  ];
}
