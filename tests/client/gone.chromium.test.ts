import type { GoneFrame } from "rian/client";
import { expect, test } from "vitest";
import { hear } from "./hear.ts";
import { turn } from "./manual-network.ts";
import { mounted } from "./posting.ts";
import { counter, streaming } from "./streaming.ts";
import { emptyAnswer, eventAnswer, mountAnswer, patch, snapshot, texts } from "./support.ts";

const user = "User:a:b";

/** Opens a page that has shown its state, on a stream that has lasted for a while. */
async function shown() {
  const heard = hear("na:refused");
  const all = streaming();
  all.streams[0]!.open();
  all.streams[0]!.send(snapshot(counter, { n: 1 }, 1), snapshot(user, { n: 2 }, 2));
  await all.clock.fire(5_000);
  return { ...all, heard };
}

function gone(key: string, code = "forbidden"): GoneFrame {
  const [type, instance] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
  return { action: "gone", type: type!, instance: instance!, code };
}

test.for([["forbidden", "You may not see this"], ["deleted", "This is no longer there"]] as const)(
  "what is gone (%s) is taken off the page, which says why, until it is shown again",
  async ([code, message]) => {
    const { streams, connection, heard } = await shown();
    streams[0]!.send(gone(counter, code));
    expect(texts("b, i, u")).toEqual(["", message, "2"]);
    expect([connection.state("Counter", "my list&é"), heard]).toEqual([undefined, [`p ${code}`]]);
    streams[0]!.send(gone(counter, code), patch(user, { n: 3 }, 3));
    expect([texts("b, i, u"), heard.length]).toEqual([["", message, "3"], 1]);
    streams[0]!.send(snapshot(counter, { n: 7 }, 1, "f"), patch(counter, { n: 8 }, 2));
    expect(texts("b, i, u")).toEqual(["8", "", "3"]);
    expect(streams).toHaveLength(1);
  },
);

const again: readonly [string, (page: Awaited<ReturnType<typeof shown>>) => unknown][] = [
  ["online", () => dispatchEvent(new Event("online"))],
  ["pageshow", () => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))],
  ["refresh()", ({ connection }) => connection.refresh()],
  ["an accepted event", async ({ connection, requests }) => {
    connection.send("User", "a:b", "rename");
    await turn();
    await requests.at(-1)!.answer(eventAnswer(user, { n: 3 }, 3));
  }],
];

test.for(again)(
  "what is gone is asked for again after %s, and follows the new stream only",
  async ([, happen]) => {
    const page = await shown();
    const { streams, connection } = page;
    streams[0]!.send(gone(counter));
    await happen(page);
    await turn();
    expect(streams.map(({ scopes, haves, closed }) => [scopes, haves, closed])).toEqual([
      [[counter, user], ["", ""], false],
      // What it has seen last, so the server can tell whether that was deleted.
      [[counter], ["e.1.-"], false],
    ]);
    streams[0]!.send(snapshot(counter, { n: 7 }, 7));
    expect(texts("b")).toEqual([""]);
    streams[1]!.send(snapshot(counter, { n: 8 }, 8));
    expect(texts("b, i")).toEqual(["8", ""]);
    await streams[0]!.reopen();
    expect(streams[2]!.scopes).toEqual([user]);
    connection.close();
  },
);

test.for(again)(
  "what was deleted is not asked for again after %s, which would make it anew",
  async ([, happen]) => {
    const page = await shown();
    const { streams, heard, connection } = page;
    streams[0]!.send(gone(counter, "deleted"));
    await happen(page);
    await turn();
    expect([streams.length, texts("b, i")]).toEqual([1, ["", "This is no longer there"]]);
    streams[0]!.send(snapshot(counter, { n: 1 }, 1, "f"));
    expect([texts("b, i"), heard]).toEqual([["1", ""], ["p deleted"]]);
    connection.close();
  },
);

test("what was deleted is named when the stream opens again, so that the server does not make it anew", async () => {
  const { streams, connection } = await shown();
  streams[0]!.send(gone(counter, "deleted"));
  await streams[0]!.reopen();
  expect(streams[1]!.haves[0]).toBe("e.1.-");
  streams[1]!.send(gone(counter, "deleted"));
  expect(texts("b, i")).toEqual(["", "This is no longer there"]);
  connection.close();
});

test.for(again)(
  "what was deleted and is there again is followed on after %s",
  async ([, happen]) => {
    const page = await shown();
    const { streams, connection } = page;
    streams[0]!.send(gone(counter, "deleted"), snapshot(counter, { n: 1 }, 1, "f"));
    await happen(page);
    await turn();
    expect([streams.length, texts("b, i")]).toEqual([1, ["1", ""]]);
    connection.close();
  },
);

test.for(["stream first", "answer first"])(
  "an event that deletes its own instance makes nothing anew, and the page says why (%s)",
  async (order) => {
    const { streams, connection, requests, heard } = await shown();
    const sent = connection.send("Counter", "my list&é", "drop");
    await turn();
    const frame = gone(counter, "deleted");
    const answer = { ...eventAnswer(counter, { n: 1 }, 2), patches: [frame] };
    if (order === "stream first") streams[0]!.send(frame);
    await requests.at(-1)!.answer(answer);
    if (order === "answer first") streams[0]!.send(frame);
    expect(await sent).toEqual({ ok: true });
    await turn();
    expect([streams.length, requests.length]).toEqual([1, 1]);
    expect([texts("b, i"), heard]).toEqual([["", "This is no longer there"], ["p deleted"]]);
    connection.close();
  },
);

test("asking again in vain leaves one stream open for what is gone, and says nothing more", async () => {
  const { streams, connection, heard } = await shown();
  streams[0]!.send(gone(counter));
  for (let time = 1; time <= 3; time++) {
    connection.refresh();
    streams.at(-1)!.open();
    streams.at(-1)!.send(gone(counter));
  }
  expect(streams.map(({ closed }) => closed)).toEqual([false, true, true, false]);
  expect([texts("b, i"), heard.length]).toEqual([["", "You may not see this"], 1]);
});

test("an event to what is gone is settled by its answer", async () => {
  const { streams, requests, connection } = await shown();
  streams[0]!.send(gone(counter));
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  expect(requests[0]!.message.rev).toBeUndefined();
  await requests[0]!.answer({ ...emptyAnswer(5), patches: [gone(counter)] });
  expect(await outcome).toEqual({ ok: true });
  expect(requests).toHaveLength(1);
});

test("an event of a creation that is no more is refused, and the page shows the new one", async () => {
  const { streams, requests, connection, heard } = await shown();
  const outcome = connection.send("Counter", "my list&é", "add");
  const next = connection.send("Counter", "my list&é", "add");
  await turn();
  const problem = { code: "gone", detail: "It was deleted", status: 410 };
  await requests[0]!.answer(problem, { status: 410 });
  expect(await outcome).toMatchObject({ ok: false, error: { code: "gone" } });
  expect([heard, texts("i")]).toEqual([["p gone"], ["It was deleted"]]);
  expect(streams[1]!.haves[0]).toMatch(/^e\.1\./);
  streams[1]!.send(snapshot(counter, { n: 0 }, 1, "f"), patch(user, {}, 2, 2));
  expect(texts("b, u")).toEqual(["0", "2"]);
  // It was made before as well, but the page shows the new one already.
  await requests[1]!.answer(problem, { status: 410 });
  expect(await next).toMatchObject({ ok: false });
  expect(streams).toHaveLength(2);
});

test("without a stream, an event of a creation that is no more makes the page mount the new one", async () => {
  const { requests, connection } = await mounted();
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.answer({ code: "gone", detail: "It was deleted" }, { status: 410 });
  expect(await outcome).toMatchObject({ ok: false });
  expect(requests[1]!.message.event).toBe("mount");
  await requests[1]!.answer(mountAnswer("Counter:c", { n: 0 }, 1, "f"));
  expect(texts("b, i")).toEqual(["0", "It was deleted"]);
});

test("without a stream, an answer takes what is gone off the page, and a later one brings it back", async () => {
  const { requests, connection } = await mounted();
  const outcome = connection.send("Counter", "c", "hide");
  await turn();
  await requests[0]!.answer({ ...emptyAnswer(2), patches: [gone("Counter:c")] });
  expect(await outcome).toEqual({ ok: true });
  expect([texts("b, i"), requests.length]).toEqual([["", "You may not see this"], 1]);
  connection.refresh();
  await turn();
  await requests[1]!.answer(mountAnswer("Counter:c", { n: 4 }, 4));
  expect(texts("b, i")).toEqual(["4", ""]);
});
