import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { test } from "vitest";
import { DurableObjectStore } from "../../../adapters/durable-object.ts";
import { constraintCases } from "../shared/constraints.ts";

for (const { name, run } of constraintCases) {
  test(`in a Durable Object, ${name}`, () => {
    const stub = env.STORAGE.get(env.STORAGE.idFromName(name));
    return runInDurableObject(stub, (_, { storage }) =>
      run({
        database: storage,
        exec: (sql) => storage.sql.exec(sql),
        open: () => new DurableObjectStore(storage),
      }));
  });
}
