/** The page: a bar while cities are read, a label that says whether they are saved, a search box. */
import type { PersistenceState, PersistenceStatus } from "rian";
import { hasAllCities, importCities, openCities } from "./cities.ts";
import { CityList, followSearch } from "./city-list.ts";

const labels: Readonly<Record<PersistenceStatus, string>> = {
  hydrating: "reading…",
  dirty: "saving…",
  saving: "saving…",
  saved: "saved",
  failing: "not saved; retrying",
  cleared: "deleted in another tab",
  closed: "closed",
};

const status = element("status");
const pending = element("pending");
const loading = element("loading");
const step = element("step");
const bar = element<HTMLProgressElement>("bar");
const loaded = element("loaded");
const found = element("found");
const list = new CityList(element("cities"), element<HTMLTemplateElement>("row"));

function element<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

function showState(state: PersistenceState): void {
  status.dataset["status"] = state.status;
  // Set only when the words change, since a screen reader speaks every change.
  if (status.textContent !== labels[state.status]) status.textContent = labels[state.status];
  pending.textContent = state.pending > 0 ? `${number(state.pending)} to go` : "";
}

function number(value: number): string {
  return value.toLocaleString("en");
}

followSearch(element<HTMLInputElement>("name"), ({ cities, count, visited }) => {
  list.show(cities);
  found.textContent = `${number(count)} found, ${number(visited)} visited in all`;
});

async function readCities(): Promise<void> {
  step.textContent = "Reading cities from this browser";
  await openCities({
    onOpen: (saved) => saved.subscribe(showState),
    onProgress({ collection, loaded: read, total }) {
      if (collection !== "cities") return;
      // Without a value, the bar only shows that something is happening.
      if (total !== undefined) bar.value = read / Math.max(total, 1);
      loaded.textContent = number(read);
    },
  });
  if (hasAllCities()) return;
  step.textContent = "Fetching cities from the server";
  bar.removeAttribute("value");
  await importCities();
}

try {
  await readCities();
  loading.hidden = true;
} catch (error) {
  bar.hidden = true;
  step.textContent = (error as Error).message;
}
