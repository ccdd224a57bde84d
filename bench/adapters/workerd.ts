/** D1, Workers KV and a Durable Object in workerd, each beside its own API used by hand. Time is taken outside. */
import { fileURLToPath } from "node:url";
import { createTestHarness, type TestHarness } from "wrangler";
import type { Contender } from "./contender.ts";
import { type Effort, measure, type Pace, paced } from "./measure.ts";
import { report } from "./report.ts";

interface Platform {
  readonly name: string;
  readonly title: string;
  readonly contenders: readonly string[];
  readonly effort: Effort;
}

const platforms: Platform[] = [
  {
    name: "d1",
    title: "D1 in workerd",
    contenders: ["direct", "Rian"],
    effort: { round: 60, rounds: 9, bulkRounds: 3 },
  },
  {
    name: "d1",
    title: "D1 in workerd, beside a peer that sends each document by itself",
    contenders: ["direct", "Rian", "unstorage"],
    effort: { round: 60, rounds: 5, bulkRounds: 3, bulk: 1_000 },
  },
  {
    name: "object",
    title: "a Durable Object in workerd, from inside",
    contenders: ["direct", "Rian"],
    effort: { round: 60, rounds: 15, bulkRounds: 5 },
  },
  {
    name: "kv",
    title: "Workers KV in workerd",
    contenders: ["direct", "Rian", "unstorage"],
    effort: { round: 60, rounds: 9, bulkRounds: 3, bulk: 1_000 },
  },
];

/** Starts workerd with the platforms in it, and measures each. */
export async function benchWorkerd(pace: Pace): Promise<void> {
  const workerd = createTestHarness({
    root: fileURLToPath(new URL("./workerd/", import.meta.url)),
    workers: [{
      config: {
        name: "bench",
        main: "worker.ts",
        compatibility_date: "2026-10-01",
        compatibility_flags: ["nodejs_compat"],
        d1_databases: [{ binding: "DB", database_name: "bench", database_id: "bench" }],
        kv_namespaces: [{ binding: "KV", id: "bench" }],
        durable_objects: { bindings: [{ name: "OBJECT", class_name: "MeasuredObject" }] },
        migrations: [{ tag: "v1", new_sqlite_classes: ["MeasuredObject"] }],
      },
    }],
  });
  await workerd.listen();
  try {
    for (const { name, title, contenders, effort: usual } of platforms) {
      const effort = paced(usual, pace);
      const remote = contenders.map((each) => remoteContender(workerd, `${name}/${each}`));
      console.log(report(title, await measure(remote, effort), effort.bulk));
    }
    console.log(await ask(workerd, "trips/d1").then((response) => response.text()));
  } finally {
    await workerd.close();
  }
}

function remoteContender(workerd: TestHarness, path: string): Contender {
  return {
    name: path.split("/")[1]!,
    async run(operation, times) {
      const response = await ask(workerd, `${path}/${operation}/${times}`);
      return await response.json() as number | null ?? undefined;
    },
    async fill(size) {
      await ask(workerd, `${path}/fill/${size}`);
    },
  };
}

async function ask(workerd: TestHarness, path: string) {
  const response = await workerd.fetch(`http://bench/${path}`);
  if (!response.ok) throw new Error(`Cannot measure ${path}: ${await response.text()}`);
  return response;
}
