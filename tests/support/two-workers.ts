import { fileURLToPath } from "node:url";
import { createTestHarness } from "wrangler";

/** Returns a harness of two Workers, and so two isolates, with one D1. The second is bound to the first as `OTHER`. */
export function twoWorkers(main: URL): ReturnType<typeof createTestHarness> {
  return createTestHarness({
    root: fileURLToPath(new URL("./", main)),
    workers: ["first", "second"].map((name) => ({
      config: {
        name,
        main: fileURLToPath(main),
        compatibility_date: "2026-10-01",
        d1_databases: [{ binding: "DB", database_name: "shared", database_id: "shared" }],
        services: name === "first" ? [{ binding: "OTHER", service: "second" }] : [],
      },
    })),
  });
}
