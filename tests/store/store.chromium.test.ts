import { expect, test } from "vitest";
import { journey, reading, readingStore, seen } from "./journeys.ts";

test("the store behaves in a browser as it does elsewhere", () => {
  expect(journey()).toEqual(seen);
});

test("20: a document that was read survives IndexedDB and being posted to a worker", async () => {
  const document = readingStore().readings.get(1)!;
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(crypto.randomUUID());
    request.onupgradeneeded = () => request.result.createObjectStore("readings", { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const store = database.transaction("readings", "readwrite").objectStore("readings");
  store.put(document);
  const stored = await new Promise((resolve, reject) => {
    const request = store.get(1);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  database.close();
  expect(stored).toEqual(reading);

  const source = "onmessage = ({ data }) => { data.at.setTime(9); postMessage(data); }";
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  const answer = new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
  worker.postMessage(document);
  expect(await answer).toEqual({ ...reading, at: new Date(9) });
  worker.terminate();
  URL.revokeObjectURL(url);
});
