import { test } from "vitest";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import { testAdapter } from "../../../src/testing/mod.ts";

const cases = testAdapter("MemoryStore", () => new MemoryStore(), {
  skip: { reopening: "memory ends with its store" },
});
for (const { name, skip, run } of cases) test.skipIf(skip)(name, run);
