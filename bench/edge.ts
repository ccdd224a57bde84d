/**
 * What an event through a Durable Object takes beside a bare route of a Worker and beside D1, and how soon its viewers
 * see it, on workerd: `node bench/edge.ts [names…] [--quick]`. Times are those of a wall clock, measured in turns; ratios
 * are medians, above 1 takes longer. What is to be reached stands beside them.
 */
import { fileURLToPath } from "node:url";
import { createTestHarness } from "wrangler";
import { innerPort } from "./edge/inner-port.ts";
import { latencyTable } from "./edge/latency.ts";
import { viewersTable } from "./edge/viewers.ts";
import type { Pace } from "./events/measure.ts";
import { runBenches } from "./run-benches.ts";
import { startWorkerd } from "./workerd.ts";

const main = fileURLToPath(new URL("edge/worker.ts", import.meta.url));

async function withWorkerd(use: (port: number) => Promise<string>): Promise<void> {
  const { server, port } = await startWorkerd(main, ["Nasc", "Hand"]);
  try {
    console.log(await use(port));
  } finally {
    server.kill();
  }
}

/** Measures events in objects beside a bare route, in workerd as it is. */
async function benchObjects(pace: Pace): Promise<void> {
  await withWorkerd((port) =>
    latencyTable({
      title: "An event through an object, in workerd",
      port,
      routes: ["bare", "hand", "objects"],
      rounds: pace === "quick" ? 200 : 1_000,
      comparisons: [["objects", "bare", 2.5], ["hand", "bare"], ["objects", "hand"]],
    })
  );
}

/** Measures events in objects beside D1, in the workerd of wrangler, without which there is no D1. */
async function benchD1(pace: Pace): Promise<void> {
  const harness = createTestHarness({
    root: fileURLToPath(new URL("./edge/", import.meta.url)),
    workers: [{
      config: {
        name: "bench",
        main: "worker.ts",
        compatibility_date: "2026-10-01",
        d1_databases: [{ binding: "DB", database_name: "bench", database_id: "bench" }],
        durable_objects: {
          bindings: [{ name: "NASC", class_name: "Nasc" }, { name: "HAND", class_name: "Hand" }],
        },
        migrations: [{ tag: "v1", new_sqlite_classes: ["Nasc", "Hand"] }],
      },
    }],
  });
  const { url } = await harness.listen();
  try {
    console.log(
      await latencyTable({
        title: "An event through an object beside one on D1, in the workerd of wrangler",
        port: innerPort(Number(url.port)),
        routes: ["bare", "hand", "objects", "d1"],
        rounds: pace === "quick" ? 100 : 500,
        comparisons: [["objects", "d1", 0.33], ["d1", "bare"], ["hand", "bare"]],
      }),
    );
  } finally {
    await harness.close();
  }
}

/** Measures how soon viewers of an object see a change. */
async function benchViewers(pace: Pace): Promise<void> {
  await withWorkerd((port) => viewersTable(port, pace === "quick" ? 30 : 150));
}

await runBenches({ objects: benchObjects, d1: benchD1, viewers: benchViewers }, {
  quickly: "fewer rounds",
});
