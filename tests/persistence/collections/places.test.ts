import { expect, test } from "vitest";
import { openBrowser, pageOf } from "./tabs.ts";

const exposed = { pending: 1, exposed: 1, stored: 1, exposedAfter: 0, errors: [] };

/** Opens a page in Chromium after a script has run in it, and returns what became of an edit. */
async function keptAfter(script: () => void): Promise<unknown> {
  const context = await openBrowser("place-page.ts");
  await context.addInitScript(script);
  const page = await context.newPage();
  await page.goto("http://localhost/");
  const kept = await page.waitForFunction(() => globalThis.kept);
  return await kept.jsonValue();
}

test("a page whose localStorage has room notes its edits", async () => {
  const noted = { ...exposed, exposed: 0 };
  expect(await keptAfter(() => {})).toEqual([noted, noted]);
});

test("a page whose localStorage is full stores its edits, which are exposed until then", async () => {
  const fill = () => {
    for (let size = 1 << 23; size >= 1; size /= 2) {
      try {
        for (let index = 0;; index++) localStorage.setItem(`${size}.${index}`, "x".repeat(size));
      } catch {
        // The next smaller size may fit.
      }
    }
  };
  expect(await keptAfter(fill)).toEqual([exposed, exposed]);
});

test("a page whose localStorage throws at each access stores its edits", async () => {
  const block = () => {
    const fail = () => {
      throw new DOMException("the file is corrupted", "UnknownError");
    };
    for (const name of ["key", "getItem", "setItem", "removeItem"]) {
      Object.defineProperty(Storage.prototype, name, { value: fail });
    }
    Object.defineProperty(Storage.prototype, "length", { get: fail });
  };
  expect(await keptAfter(block)).toEqual([exposed, exposed]);
});

test("a page whose localStorage is forbidden stores its edits", async () => {
  const forbid = () => {
    Object.defineProperty(globalThis, "localStorage", {
      get() {
        throw new DOMException("Access is denied for this document.", "SecurityError");
      },
    });
  };
  expect(await keptAfter(forbid)).toEqual([exposed, exposed]);
});

test("a worker stores its edits, which are exposed until then", async () => {
  const context = await openBrowser("place-page.ts");
  const page = await context.newPage();
  await page.goto("http://localhost/");
  await page.waitForFunction(() => globalThis.kept);
  const kept = await page.evaluate(async () => {
    // A worker of its own database, as the page's has a document.
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase("rian");
      request.onsuccess = () => resolve();
      request.onerror = () => reject(request.error);
    });
    const code = document.querySelector("script")!.textContent!;
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module" });
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
  });
  expect(kept).toEqual([exposed, exposed]);
});

test("a sandboxed frame, which has no storage of its own, is refused IndexedDB and keeps the rest", async () => {
  const context = await openBrowser("place-page.ts");
  const page = await context.newPage();
  await page.goto("http://localhost/");
  const kept = await page.evaluate(async (html) => {
    const frame = document.createElement("iframe");
    frame.sandbox.add("allow-scripts");
    frame.srcdoc = html;
    const answer = new Promise((resolve) => {
      addEventListener("message", ({ data }) => resolve(data));
    });
    document.body.append(frame);
    return await answer;
  }, await pageOf("place-page.ts"));
  expect(kept).toEqual([expect.stringContaining("SecurityError"), exposed]);
});
