/** The cities: in memory, kept in IndexedDB, and at first fetched from the server. */
import {
  persist,
  type Persistence,
  type PersistOptions,
  Ramify,
  type RamifyStore,
  type Schema,
} from "rian";
import { IndexedDbStore } from "rian/indexed-db";

/** A city as the server sends it. */
interface ServedCity {
  readonly id: number;
  readonly name: string;
  readonly country: string;
  readonly population: number;
}

/** A city, and whether the person has visited it. */
export interface City extends ServedCity {
  /** The name in the form that is searched: lower case, without accents. */
  readonly search: string;
  readonly visited: boolean;
}

type Collections = {
  cities: Schema<City, "id">;
  imports: Schema<{ name: string; count: number }, "name">;
};

export const db: RamifyStore<Collections> = new Ramify().createStore<Collections>({
  cities: { primaryKey: "id", indexes: ["visited"], ordered: ["search", "population"] },
  imports: { primaryKey: "name" },
});

/** Loads the cities that this browser has, and saves changes from then on. */
export function openCities(options: PersistOptions): Promise<Persistence> {
  return persist(db, new IndexedDbStore(indexedDB, { name: "cities" }), options);
}

/** Returns whether all cities are here. The note that says so is written after them, so it is never stored before. */
export function hasAllCities(): boolean {
  return db.imports.has("cities");
}

/** Fetches the cities that are not here yet. */
export async function importCities(): Promise<void> {
  const response = await fetch("/cities.json");
  if (!response.ok) {
    throw new Error(`Cannot fetch the cities: the server responded with ${response.status}`);
  }
  const served = await response.json() as readonly ServedCity[];
  const missing = served.filter(({ id }) => !db.cities.has(id));
  db.cities.bulkAdd(
    missing.map((city) => ({ ...city, search: searchable(city.name), visited: false })),
  );
  db.imports.put({ name: "cities", count: served.length });
}

/** Returns text in the form of {@link City.search}. */
export function searchable(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{Mark}/gu, "").toLowerCase();
}
