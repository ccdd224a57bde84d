import type { Answer, ConnectOptions, Message, StreamListener, Transport } from "rian/client";
import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { SteppedClock } from "../support/clock.ts";
import { emptyAnswer, one, open, refusal, snapshot, texts } from "./support.ts";

/** A server that says what a test tells it to. */
class ToldServer implements Transport {
  listener: StreamListener | undefined;
  answer: (message: Message) => Promise<Answer> = () => new Promise(() => {});

  send(message: Message): Promise<Answer> {
    return this.answer(message);
  }

  follow(_: unknown, listener: StreamListener): { reopen(): void; close(): void } {
    this.listener = listener;
    return { reopen() {}, close() {} };
  }
}

const names = ["loading", "live", "stale", "offline", "pending", "saved", "refused"];
const page = `<section na-scope="List:l" class="s"><h1 na-bind="title">own</h1>
  <p hidden na-show="!title">empty</p>
  ${names.map((name) => `<i hidden na-show="@${name}">${name}</i>`).join("")}
  <template na-if="@pending"><b>…</b></template><button na-click="add" na-attr="disabled: @offline">x</button>
  <ul><template na-each="items" na-key="."><li na-class="wait: @pending"></li></template></ul></section>`;

function serve(options: ConnectOptions = {}): ToldServer {
  const server = new ToldServer();
  open(page, server, options);
  return server;
}

/** Returns the names that the scope has, which are those that expressions show. */
function state(): string {
  const state = one(".s").getAttribute("na-state");
  expect(texts("i:not([hidden])").join(" ")).toBe(state);
  return state!;
}

const state1 = snapshot("List:l", { title: "Plans", items: ["a"] }, 1);

test("a scope is loading, then live, stale while its stream is lost, and live again", () => {
  const { listener } = serve();
  expect(state()).toBe("loading");
  // What depends on the state stays as it came.
  expect([texts("h1"), one("p").hidden]).toEqual([["own"], true]);
  listener!.frame(state1);
  expect([state(), texts("h1")]).toEqual(["live", ["Plans"]]);
  listener!.lost([{ type: "List", id: "l" }]);
  expect(state()).toBe("stale");
  listener!.opening([{ type: "List", id: "l" }]);
  listener!.frame(state1);
  expect(state()).toBe("live");
});

test("a scope that is refused is not loading any more", () => {
  const { listener } = serve({ onError() {} });
  listener!.refused([{ type: "List", id: "l" }], {
    ...{ action: "error", code: "forbidden", message: "No" },
  });
  expect(state()).toBe("");
});

test("a scope is pending until its events are settled, and then saved or refused", async () => {
  const server = serve({ onError() {} });
  server.listener!.frame(state1);
  let settle: (answer: Answer) => void = () => {};
  server.answer = () => new Promise((resolve) => settle = resolve);
  const seen: unknown[] = [];
  for (const answer of [emptyAnswer(1), refusal("no", "No"), emptyAnswer(1)]) {
    await userEvent.click(one("button"));
    await expect.poll(state).toBe("live pending");
    expect([texts("b"), one("li").className]).toEqual([["…"], "wait"]);
    settle(answer);
    await expect.poll(state).not.toContain("pending");
    expect([texts("b"), one("li").className]).toEqual([[], ""]);
    seen.push(state());
  }
  expect(seen).toEqual(["live saved", "live refused", "live saved"]);
});

test("a scope is offline while an event is repeated in vain, until it is answered", async () => {
  const clock = new SteppedClock();
  const server = serve({ clock, onError() {} });
  server.listener!.frame(state1);
  server.answer = () => Promise.reject(new TypeError("Failed to fetch"));
  await userEvent.click(one("button"));
  for (let tries = 0; tries < 8 && !state().includes("offline"); tries++) {
    await clock.advance(1_000);
  }
  expect(state()).toBe("live offline pending");
  expect(one<HTMLButtonElement>("button").disabled).toBe(true);
  server.answer = () => Promise.resolve(emptyAnswer(1));
  await clock.advance(30_000);
  await expect.poll(state).toBe("live saved");
  expect(one<HTMLButtonElement>("button").disabled).toBe(false);
});
