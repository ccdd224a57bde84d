// Imports every entry of the package, runs one event on a SQLite database, and prints its patches.
import { createProcessor } from "rian";
import manifest from "rian/package.json" with { type: "json" };
import { SqliteStore } from "rian/sqlite";

for (const name of Object.keys(manifest.exports)) {
  if (name !== "./package.json") await import(name.replace(/^\./, "rian"));
}

const handlers = {
  Counter: {
    mount: () => ({ count: 0 }),
    add: (by, { count }) => ({ count: count + by }),
  },
};
const store = new SqliteStore(":memory:");
const run = createProcessor(handlers, store);
const counter = { type: "Counter", instance: "visits" };
await run({ ...counter, event: "mount" });
const patches = await run({ ...counter, event: "add", payload: 2 });
await store.close();
console.log(JSON.stringify(patches));
