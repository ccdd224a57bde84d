/** Events on D1 in workerd. CPU time is that of its processes, the one that keeps D1 included. */
import { fileURLToPath } from "node:url";
import { createTestHarness, type TestHarness } from "wrangler";
import { cpuTimeOf, descendants } from "./cpu-time.ts";
import { type Contender, type Pace, paced } from "./measure.ts";
import { measureRows, type Row } from "./rows.ts";

/** Measures and prints. */
export async function benchD1(pace: Pace): Promise<void> {
  const workerd = createTestHarness({
    root: fileURLToPath(new URL("./d1/", import.meta.url)),
    workers: [{
      config: {
        name: "bench",
        main: "worker.ts",
        compatibility_date: "2026-10-01",
        compatibility_flags: ["nodejs_compat"],
        d1_databases: [{ binding: "DB", database_name: "bench", database_id: "bench" }],
      },
    }],
  });
  await workerd.listen();
  const pids = descendants("workerd");
  const cpuTime = () => pids.map(cpuTimeOf).reduce((sum, each) => sum + each);
  const effort = paced({ shortest: 60_000, rounds: 15, cpuTime }, pace);
  try {
    console.log(
      await measureRows({
        title: "D1 in workerd",
        limitIs: "the update of the row alone",
        stores: ["Rian"],
        contenders: async (row) =>
          ["by hand", "the limit", "Rian"].map((name) => remote(workerd, row, name)),
        effort,
      }),
    );
  } finally {
    await workerd.close();
  }
}

function remote(workerd: TestHarness, { kind, hasId }: Row, name: string): Contender {
  return {
    name,
    async run(times) {
      const path = [kind, hasId, name, times].map((part) => encodeURIComponent(part)).join("/");
      const response = await workerd.fetch(`http://bench/rows/${path}`);
      if (!response.ok) throw new Error(`Cannot measure ${path}: ${await response.text()}`);
      return await response.json() as number;
    },
  };
}
