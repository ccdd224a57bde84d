/** The list under the search box: a live query, and a row for each city found. */
import { liveQuery } from "rian";
import { type City, db, searchable } from "./cities.ts";

const mostShown = 50;

/** The result of a search. */
export interface Found {
  /** The largest cities found. */
  readonly cities: readonly City[];
  /** How many cities were found. */
  readonly count: number;
  /** How many of all cities have been visited. */
  readonly visited: number;
}

function find(text: string): Found {
  const found = text === ""
    ? db.cities.where("population").aboveOrEqual(0)
    : db.cities.where("search").startsWith(text);
  return {
    cities: found.sortBy("population").reverse().limit(mostShown).toArray(),
    count: found.count(),
    visited: db.cities.where("visited").equals(true).count(),
  };
}

/** Shows what the text of an input finds, now and after each change of the text or the store, from any window. */
export function followSearch(input: HTMLInputElement, show: (found: Found) => void): void {
  let unsubscribe = () => {};
  function search(): void {
    const text = searchable(input.value.trim());
    unsubscribe();
    unsubscribe = liveQuery(() => find(text)).subscribe(show);
  }
  input.addEventListener("input", search);
  search();
}

/** Shows cities as rows. Rows that stay are changed in place, so they keep the focus. */
export class CityList {
  readonly #list: HTMLElement;
  readonly #template: HTMLTemplateElement;
  #rows = new Map<number, HTMLElement>();

  constructor(list: HTMLElement, template: HTMLTemplateElement) {
    this.#list = list;
    this.#template = template;
  }

  show(cities: readonly City[]): void {
    const rows = new Map(
      cities.map((city) => [city.id, this.#rows.get(city.id) ?? this.#row(city)]),
    );
    const isSame = [...rows.keys()].join() === [...this.#rows.keys()].join();
    if (!isSame) this.#list.replaceChildren(...rows.values());
    for (const city of cities) {
      rows.get(city.id)!.querySelector("input")!.checked = city.visited;
    }
    this.#rows = rows;
  }

  #row({ id, name, country, population }: City): HTMLElement {
    const row = this.#template.content.firstElementChild!.cloneNode(true) as HTMLElement;
    row.querySelector(".name")!.textContent = `${name}, ${country}`;
    row.querySelector(".population")!.textContent = population.toLocaleString("en");
    row.querySelector("input")!.addEventListener("change", ({ target }) => {
      db.cities.update(id, { visited: (target as HTMLInputElement).checked });
    });
    return row;
  }
}
