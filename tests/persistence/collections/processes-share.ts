import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";
import { persist, type StoredDocument } from "../../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../../src/store/mod.ts";

/** One of two that write to one storage. */
export type Writer = "first" | "second";

/** A document of which each writer has a field of its own. */
export type Shared = { readonly id: number } & { readonly [writer in Writer]?: number };

/** A document that both writers append to. */
export interface Log {
  readonly id: string;
  readonly lines: readonly string[];
}

/** How often both write. In each round, the one that comes second meets a conflict. */
export const rounds = 20;
const documentCount = 10;

/**
 * Works on what another process works on at the same time: changes its own field of documents, which merges by
 * itself, and appends to a log, which `onConflict` merges. Returns how often `onConflict` was called.
 */
export async function share(adapter: Adapter, me: Writer): Promise<number> {
  const db = new Ramify().createStore<{ shared: Schema<Shared, "id">; logs: Schema<Log, "id"> }>({
    shared: { primaryKey: "id" },
    logs: { primaryKey: "id" },
  });
  let conflicts = 0;
  const complaints: unknown[] = [];
  const onError = (error: unknown) => void complaints.push(error);
  const shared = await persist(db.shared, adapter, { onError });
  const logs = await persist(db.logs, adapter, {
    onError,
    onConflict({ mine, theirs }) {
      conflicts++;
      return { id: "log", lines: [...new Set([...linesOf(theirs), ...linesOf(mine)])] };
    },
  });
  for (let round = 1; round <= rounds; round++) {
    await meet(adapter, me, round);
    for (let id = 0; id < documentCount; id++) {
      db.shared.put({ ...db.shared.get(id), id, [me]: round });
    }
    db.logs.put({ id: "log", lines: [...linesOf(db.logs.get("log")), `${me} ${round}`] });
    await Promise.all([shared.flush(), logs.flush()]);
  }
  await Promise.all([shared.close(), logs.close()]);
  if (complaints.length > 0) throw new AggregateError(complaints, String(complaints[0]));
  return conflicts;
}

function linesOf(log: StoredDocument | Log | undefined): readonly string[] {
  return (log as Log | undefined)?.lines ?? [];
}

/** Waits until the other one has come to this round, so both write at the same time. */
async function meet(adapter: Adapter, me: Writer, round: number): Promise<void> {
  await adapter.commit([{ type: "rounds", key: me, value: round }]);
  const other = me === "first" ? "second" : "first";
  const reached = async () => Number((await adapter.get("rounds", other))?.value ?? 0);
  while (await reached() < round);
}

/** Reads what storage holds when both have finished. */
export async function outcome(
  adapter: Adapter,
): Promise<{ readonly shared: unknown[]; readonly lines: readonly string[] }> {
  const shared: unknown[] = [];
  for await (const { value } of adapter.list("shared")) shared.push(value);
  const log = await adapter.get("logs", "log");
  return { shared, lines: [...linesOf(log?.value as Log | undefined)].sort() };
}

/** Everything that either of them has written, which storage has to hold. */
export const everything: Awaited<ReturnType<typeof outcome>> = {
  shared: Array.from({ length: documentCount }, (_, id) => ({ id, first: rounds, second: rounds })),
  lines: Array.from({ length: rounds }, (_, round) => [`first ${round + 1}`, `second ${round + 1}`])
    .flat().sort(),
};
