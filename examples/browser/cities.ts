/** The cities: in memory, in IndexedDB, and the first time from the server. */
import {
  persist,
  type Persistence,
  type PersistOptions,
  Ramify,
  type RamifyStore,
  type Schema,
} from "rian";
import { IndexedDbStore } from "rian/indexed-db";

/** What the server knows of a city. */
interface ServedCity {
  readonly id: number;
  readonly name: string;
  readonly country: string;
  readonly population: number;
}

/** A city, and whether somebody has been there. */
export interface City extends ServedCity {
  /** The name as it is searched for: lower case, without accents. */
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

/** Reads what this browser has, and follows from then on. */
export function openCities(options: PersistOptions): Promise<Persistence> {
  return persist(db, new IndexedDbStore(indexedDB, { name: "cities" }), options);
}

/** Whether all cities are here: the note of it is written after them, and so is never stored before them. */
export function hasAllCities(): boolean {
  return db.imports.has("cities");
}

/** Gets the cities that are not here yet. */
export async function importCities(): Promise<void> {
  const response = await fetch("/cities.json");
  if (!response.ok) {
    throw new Error(`Cannot get the cities: the server answered ${response.status}`);
  }
  const served = await response.json() as readonly ServedCity[];
  const missing = served.filter(({ id }) => !db.cities.has(id));
  db.cities.bulkAdd(
    missing.map((city) => ({ ...city, search: searchable(city.name), visited: false })),
  );
  db.imports.put({ name: "cities", count: served.length });
}

/** Text in the form of {@link City.search}. */
export function searchable(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{Mark}/gu, "").toLowerCase();
}
