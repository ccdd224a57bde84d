/** What `context.send` costs: an event that sends, its message delivered, beside the same event that sends nothing. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteStore } from "../../adapters/sqlite.ts";
import {
  createProcessor,
  type HandlerContext,
  type InstanceStore,
  MemoryStore,
} from "../../mod.ts";
import { type Contender, measure, type Pace, paced } from "./measure.ts";
import { shownRatio, shownTime, table } from "./report.ts";

interface Count {
  readonly count: number;
}

const Counter = {
  mount: (): Count => ({ count: 0 }),
  add: (by: number, { count }: Count): Count => ({ count: count + by }),
  pass(by: number, { count }: Count, context: HandlerContext): Count {
    context.send("Counter", "receiver", "add", by);
    return { count: count + by };
  },
};

function contender(name: string, store: InstanceStore, event: "add" | "pass"): Contender {
  const process = createProcessor({ Counter }, store);
  let delivered: Promise<unknown> | undefined;
  const context = { waitUntil: (work: Promise<unknown>) => void (delivered = work) };
  return {
    name,
    async run(times) {
      for (let time = 0; time < times; time++) {
        const message = { type: "Counter", instance: `sender of ${event}`, event, payload: 1 };
        await process(message, context);
        await delivered;
      }
      return times;
    },
  };
}

/** Measures and prints. */
export async function benchSends(pace: Pace): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "rian-bench-"));
  const file = new SqliteStore(join(folder, "rian.db"));
  const rows: string[][] = [];
  for (const [name, store] of [["SQLite", file], ["MemoryStore", new MemoryStore()]] as const) {
    const contenders = [contender("alone", store, "add"), contender("sends", store, "pass")];
    const effort = paced({ shortest: 30_000, rounds: 21 }, pace);
    const results = await measure(contenders, effort);
    rows.push([
      name,
      shownTime(results.get("alone")!.time),
      shownRatio(results.get("sends")!.ratio),
      "≤ 3.8",
    ]);
  }
  console.log(
    table("An event that sends one message, which is delivered", [
      "store",
      "an event that sends nothing",
      "with a send, delivered ÷ without",
      "to reach",
    ], rows),
  );
  await file.close();
  rmSync(folder, { recursive: true });
}
