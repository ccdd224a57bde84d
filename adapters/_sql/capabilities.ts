import type { Capabilities } from "../../src/persistence/adapter/adapter.ts";

/** What SQLite promises wherever it runs, but for what a platform limits. */
export function sqlCapabilities(limits: Partial<Capabilities> = {}): Capabilities {
  return {
    conditional: "global",
    atomicWrites: Infinity,
    atomicBytes: Infinity,
    // SQLite holds 1,000,000,000 bytes, but JavaScript's strings end at about half of that.
    maxValueBytes: 2 ** 28,
    watch: false,
    expiry: true,
    ...limits,
  };
}
