import { expect, onTestFinished, test, vi } from "vitest";
import { counter, streaming } from "./streaming.ts";
import { one, patch, snapshot } from "./support.ts";

const about = { type: "Counter", instance: "my list&é" } as const;

/** Collects what is broadcast to elements, and where it bubbles to. */
function hearBroadcasts(): unknown[] {
  const heard: unknown[] = [];
  const listener = (event: Event) => {
    const { target, detail, bubbles, cancelable } = event as CustomEvent;
    heard.push([(target as Element).localName, detail, bubbles, cancelable]);
  };
  document.addEventListener("na:broadcast", listener);
  onTestFinished(() => document.removeEventListener("na:broadcast", listener));
  return heard;
}

test("what is broadcast reaches each scope of its instance as a DOM event, and changes nothing there", () => {
  const { streams, applied, connection } = streaming();
  const heard = hearBroadcasts();
  streams[0]!.send(snapshot(counter, { n: 1 }, 1));
  for (const payload of [{ typing: "ann" }, "text", null, 0]) {
    streams[0]!.send({ action: "broadcast", ...about, payload });
  }
  streams[0]!.send({ action: "broadcast", type: "Counter", instance: "other", payload: 1 });
  expect(heard).toEqual([
    ["p", { typing: "ann" }, true, false],
    ["p", "text", true, false],
    ["p", null, true, false],
    ["p", 0, true, false],
  ]);
  expect([one("b").textContent, applied.length]).toEqual(["1", 0]);
  connection.close();
});

test("frames that the page does not know are no faults: it goes on with its stream", () => {
  const { streams, requests } = streaming();
  const errors = vi.spyOn(console, "error");
  onTestFinished(() => errors.mockRestore());
  const heard = hearBroadcasts();
  const stream = streams[0]!;
  stream.send(snapshot(counter, { n: 1 }, 1));
  stream.send({ action: "viewers", ...about, viewers: [{ name: "ann" }] });
  for (const action of ["news", "constructor", "__proto__", "toString"]) {
    stream.send({ action, ...about, viewers: [], payload: 1 } as never);
    stream.send({ action } as never);
  }
  stream.send(patch(counter, { n: 2 }, 2));
  expect(one("b").textContent).toBe("2");
  expect([streams.length, stream.closed, requests.length, heard]).toEqual([1, false, 0, []]);
  expect(errors).not.toHaveBeenCalled();
});

test("a listener that throws stops nothing", () => {
  const { streams } = streaming();
  const thrown = vi.fn((event: ErrorEvent) => event.preventDefault());
  addEventListener("error", thrown);
  const listener = () => {
    throw new Error("a mistake of the page");
  };
  document.addEventListener("na:broadcast", listener);
  onTestFinished(() => {
    removeEventListener("error", thrown);
    document.removeEventListener("na:broadcast", listener);
  });
  streams[0]!.send(snapshot(counter, { n: 1 }, 1));
  streams[0]!.send({ action: "broadcast", ...about, payload: 1 });
  streams[0]!.send(patch(counter, { n: 2 }, 2));
  expect([one("b").textContent, streams.length]).toEqual(["2", 1]);
  expect(thrown).toHaveBeenCalledOnce();
});
