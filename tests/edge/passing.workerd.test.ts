import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import type { NascObjectOptions } from "../../src/edge/mod.ts";
import { ObjectHome } from "../../src/router/objects/object-home.ts";
import { Viewer } from "../../src/router/viewer.ts";
import { systemClock } from "../../src/shared/clock.ts";
import {
  act,
  enter,
  type Entered,
  expectListed,
  namesSeen,
  presence,
  testBroadcasts,
  testViewers,
  user,
} from "../router/passing-suite.ts";
import { roomHandlers as handlers } from "../router/room.ts";
import { objectApp } from "./support.ts";

testBroadcasts("over an object", (options = {}) => objectApp({ handlers, user, ...options }).app);

testViewers("over an object", (options = {}) => {
  return objectApp({ handlers, user, object: { presence }, ...options }).app;
});

describe("an object that has slept", () => {
  function rooms(options: Partial<NascObjectOptions> = {}) {
    const made = objectApp({ handlers, user, object: { presence, ...options } });
    return { ...made, object: made.namespace.object("Room", "r") };
  }

  test("knows who looks on, in the order in which they came, and tells of who comes and goes", async () => {
    const { app, object } = rooms();
    const anns = [await enter(app, "ann"), await enter(app, "ann")];
    const bob = await enter(app, "bob");
    const eve = await enter(app, "eve");
    for (const { page } of [...anns, bob, eve]) await expectListed(page, "ann", "bob", "eve");
    // Her place stays, though the page is closed by which she came.
    await anns[0]!.page.close();
    await act(app, "ban", "eve");
    while ((await eve.page.next()).action !== "gone");
    await expectListed(bob.page, "ann", "bob");
    await evictDurableObject(object);
    expect(await namesSeen(app)).toEqual(["ann", "bob"]);
    await evictDurableObject(object);
    const dan = await enter(app, "dan");
    for (const { page } of [anns[1]!, bob, dan]) await expectListed(page, "ann", "bob", "dan");
    await evictDurableObject(object);
    await anns[1]!.page.close();
    for (const { page } of [bob, dan]) await expectListed(page, "bob", "dan");
    await act(app, "admit", "eve");
    await expectListed(eve.page, "bob", "dan", "eve");
    await evictDurableObject(object);
    await act(app, "say", "good night");
    for (const { page } of [bob, dan, eve]) {
      for (;;) {
        const frame = await page.next();
        if (frame.action === "broadcast" && frame.payload === "good night") break;
      }
    }
    expect(await namesSeen(app)).toEqual(["bob", "dan", "eve"]);
    for (const { page } of [bob, dan, eve]) await page.close();
    await vi.waitFor(async () => expect(await namesSeen(app)).toEqual([]));
  });

  test("says nothing to anybody when it wakes, where nobody has come or gone", async () => {
    const { app, object } = rooms();
    const [ann, bob] = [await enter(app, "ann"), await enter(app, "bob")];
    for (const { page } of [ann, bob]) await expectListed(page, "ann", "bob");
    for (let night = 1; night <= 3; night++) {
      await evictDurableObject(object);
      await act(app, "say", `night ${night}`);
      for (const { page } of [ann, bob]) {
        expect(await page.next()).toMatchObject({ payload: `night ${night}` });
      }
    }
    for (const { page } of [ann, bob]) await page.close();
  });

  test("lists 40 pages, after it has slept too, and forgets each that is closed", async () => {
    const { app, object } = rooms();
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const pages: Entered[] = [];
    for (const name of names) pages.push(await enter(app, name));
    await expectListed(pages[0]!.page, ...names);
    await evictDurableObject(object);
    expect(await namesSeen(app)).toEqual(names);
    await evictDurableObject(object);
    for (const { page } of pages.splice(1, 38)) await page.close();
    await expectListed(pages[0]!.page, "n0", "n39");
    await expectListed(pages[1]!.page, "n0", "n39");
    await evictDurableObject(object);
    expect(await namesSeen(app)).toEqual(["n0", "n39"]);
    for (const { page } of pages) await page.close();
  });

  test("keeps with a socket no more of its viewer than before, and their place", async () => {
    const { app, object } = rooms();
    const ann = await enter(app, "ann");
    await expectListed(ann.page, "ann");
    const kept = await runInDurableObject(object, (_, state) => {
      return state.getWebSockets().map((socket) => JSON.parse(socket.deserializeAttachment()));
    });
    expect(kept).toMatchObject([{ user: { id: "ann" }, userKey: "ann", place: 1 }]);
    await ann.page.close();
  });

  test("sets no timer but one, for a second at most, and only when the list has changed", async () => {
    const timers: number[] = [];
    const clock = {
      ...systemClock,
      setTimeout(callback: () => void, milliseconds: number) {
        timers.push(milliseconds);
        return systemClock.setTimeout(callback, milliseconds);
      },
    };
    const { app } = rooms({ clock, handlerTimeout: Infinity });
    const [ann, bob] = [await enter(app, "ann"), await enter(app, "bob")];
    for (const { page } of [ann, bob]) await expectListed(page, "ann", "bob");
    expect(timers.filter((milliseconds) => milliseconds > 0 && milliseconds <= 1_000).length)
      .toBeLessThanOrEqual(1);
    timers.length = 0;
    for (let time = 0; time < 5; time++) {
      await act(app, "say", time);
      for (const { page } of [ann, bob]) expect(await page.next()).toMatchObject({ payload: time });
    }
    // What shows, after the sender was answered, and no deadline is left behind.
    expect(timers.filter((milliseconds) => milliseconds > 0 && milliseconds <= 1_000)).toEqual([]);
    for (const { page } of [ann, bob]) await page.close();
  });
});

test("a handler in an object hears which option of nascObject is missing", async () => {
  const errors: string[] = [];
  const { app } = objectApp({
    ...{ handlers, user, object: { onError: (error) => void errors.push(String(error)) } },
  });
  await expect(act(app, "look")).rejects.toThrow("internal");
  expect(errors).toEqual([
    "Error: Cannot tell who looks on: pass nascObject the option presence, such as " +
    "presence: (user) => ({ name: user.name })",
  ]);
});

test("a page that looks once at an object is not listed", async () => {
  const { app, namespace } = objectApp({ handlers, user, object: { presence } });
  const home = new ObjectHome(namespace, { handlers, mayCreateAll: true });
  const options = { clock: systemClock, token: "t", protocol: 2, until: Infinity } as const;
  for (const [isPoll, listed] of [[true, []], [false, ["somebody"]]] as const) {
    const viewer = new Viewer(home, { ...options, isPoll });
    expect(await viewer.open({ type: "Room", id: "r" }, { context: {} })).toMatchObject({
      ok: true,
    });
    expect(await namesSeen(app)).toEqual(listed);
    viewer.close();
    await vi.waitFor(async () => expect(await namesSeen(app)).toEqual([]));
  }
});
