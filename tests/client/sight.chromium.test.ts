import { expect, onTestFinished, test, vi } from "vitest";
import { ManualClock, manualFetch, manualStreams, turn } from "./manual-network.ts";
import { open, patch, snapshot } from "./support.ts";

/** Whether the tab is hidden; headless Chromium shows all tabs. */
let isHidden = false;

function hide(next: boolean): void {
  isHidden = next;
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}

function start(options: { readonly whileHidden?: boolean } = {}) {
  const hidden = vi.spyOn(Document.prototype, "hidden", "get").mockImplementation(() => isHidden);
  onTestFinished(() => {
    hidden.mockRestore();
    isHidden = false;
  });
  const clock = new ManualClock();
  const { fetch, requests } = manualFetch();
  const { EventSource, streams } = manualStreams();
  const connection = open(`<p na-scope="Counter:c"><b na-bind="n">?</b></p>`, "sse", {
    ...{ fetch, EventSource, clock, random: () => 0.5, ...options },
  });
  const isOpen = () => streams.map(({ closed }) => !closed);
  return { clock, requests, streams, connection, isOpen };
}

const text = () => document.querySelector("b")!.textContent;

test("a stream closes three seconds after its tab was hidden, and another leads on when it is shown", async () => {
  const { clock, streams, isOpen } = start();
  streams[0]!.send(snapshot("Counter:c", { n: 1 }, 1));
  hide(true);
  await clock.pass(2_999);
  hide(false);
  await clock.pass(2_999);
  expect(isOpen()).toEqual([true]);
  hide(true);
  await clock.pass(3_000);
  expect(isOpen()).toEqual([false]);
  hide(false);
  expect(isOpen()).toEqual([false, true]);
  expect(decodeURIComponent(streams[1]!.url)).toMatch(/have=e\.1\.\w+$/);
  streams[1]!.send(patch("Counter:c", { n: 2 }, 2));
  expect(text()).toBe("2");
});

test("a tab that starts hidden opens no stream until it is shown, and its events settle all the same", async () => {
  isHidden = true;
  const { requests, connection, isOpen } = start();
  expect(isOpen()).toEqual([]);
  const result = connection.send("Counter", "c", "add");
  await turn();
  expect(requests.map(({ message }) => message.event)).toEqual(["add"]);
  const state = snapshot("Counter:c", { n: 1 }, 1);
  await requests[0]!.answer({ ok: true, rev: 1, epoch: "e", patches: [state] });
  expect(await result).toEqual({ ok: true });
  expect(text()).toBe("1");
  hide(false);
  expect(isOpen()).toEqual([true]);
});

test("an event whose change the closed stream was to bring settles by the whole state", async () => {
  const { clock, requests, streams, connection } = start();
  streams[0]!.send(snapshot("Counter:c", { n: 1 }, 1));
  const result = connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.answer({ ok: true, rev: 2, epoch: "e", streamed: true });
  hide(true);
  await clock.pass(3_000);
  const state = snapshot("Counter:c", { n: 2 }, 2);
  await requests[1]!.answer({ ok: true, rev: 2, epoch: "e", patches: [state] });
  expect(await result).toEqual({ ok: true });
  expect(text()).toBe("2");
});

test("whileHidden keeps streams in hidden tabs, and a page that is left closes them until it comes back", async () => {
  const { clock, isOpen } = start({ whileHidden: true });
  hide(true);
  await clock.pass(9_999);
  expect(isOpen()).toEqual([true]);
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
  expect(isOpen()).toEqual([false]);
  dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  expect(isOpen()).toEqual([false, true]);
});
