import { Hono } from "hono";
import { expect, test, vi } from "vitest";
import type { Adapter } from "../../mod.ts";
import type { Frame } from "../../src/processor/frames.ts";
import { createNasc } from "../../src/router/mod.ts";
import { Beats } from "../support/beats.ts";
import { boardHandlers } from "../support/boards.ts";
import { have, Page, send2 } from "./support-frames.ts";
import { post } from "./support.ts";

/** What {@link testNewShapes} tests. */
export interface Storage {
  /** A type of which nothing is stored. */
  readonly type: string;
  /** Returns a store on the storage, each time another one. */
  readonly open: () => Adapter;
}

/** Tests a deploy of states of a new shape: two servers, one of the version before, on one real storage. */
export function testNewShapes(name: string, prepare: () => Storage): void {
  function start() {
    const { type, open } = prepare();
    const onError = vi.fn();
    const servers = ([1, 2] as const).map((version) => {
      const store = open();
      const beats = new Beats();
      const app = new Hono();
      const { heartbeat } = beats;
      const { app: routes } = createNasc({
        handlers: boardHandlers(version, type),
        store,
        authorize: "everyone",
        hosts: "any",
        clock: beats,
        heartbeat,
        onError,
      });
      app.route("/nasc", routes);
      return { app, store, beats };
    });
    const [old, young] = [servers[0]!, servers[1]!];
    const scope = `${type}:i`;
    return {
      old,
      young,
      scope,
      onError,
      message: { type, instance: "i", event: "add", payload: "Tea" },
      stream: (app: Hono, query: string): Promise<Response> =>
        Promise.resolve(app.request(`http://rian.test/nasc/stream?${query}`)),
      entry: () => young.store.get(type, "i"),
    };
  }

  /** Reads the next frame that is no sign of life, of a page whose server looks into the storage. */
  async function seenAtHeartbeat(page: Page, beats: Beats): Promise<Frame> {
    beats.ring();
    return await page.next();
  }

  const cards = (...titles: string[]) => ({ cards: titles.map((title) => ({ title })) });

  test(`on ${name}, an event that the old server refuses is applied by the new one, once`, async () => {
    const { old, young, message, entry, onError } = start();
    await send2(young.app, message);
    const before = await entry();
    const late = { protocol: 2, ...message, payload: "Jam", eventId: "late" };
    for (let times = 0; times < 2; times++) {
      const refused = await post(old.app, late);
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(await refused.json()).toMatchObject({ code: "newer-state", eventId: "late" });
    }
    const mounted = await post(old.app, { ...message, event: "mount", payload: undefined });
    expect(mounted.status).toBe(503);
    expect(await entry()).toEqual(before);
    for (let times = 0; times < 2; times++) await send2(young.app, late);
    expect((await entry())!.value).toEqual(cards("Milk", "Tea", "Jam"));
    expect(onError).not.toHaveBeenCalled();
  });

  test(`on ${name}, a stream of the old server ends by reopen, and the new one shows the whole`, async () => {
    const { old, young, scope, message, stream, onError } = start();
    await send2(old.app, message);
    const { page } = await Page.open(old.app, { scope });
    expect(await page.next()).toMatchObject({
      action: "snapshot",
      state: { cards: ["Milk", "Tea"] },
    });
    await send2(young.app, { ...message, payload: "Jam" });
    expect(await seenAtHeartbeat(page, old.beats)).toEqual({ action: "reopen" });
    await expect(page.next()).rejects.toThrow("the stream has ended");
    const held = page.held.get(scope)!;
    const query = `scope=${encodeURIComponent(scope)}&have=${have(held)}`;
    const refused = await stream(old.app, query);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await refused.json()).toMatchObject({ code: "newer-state" });
    const { page: next } = await Page.open(young.app, { scope, held });
    expect(await next.next())
      .toMatchObject({ action: "snapshot", state: cards("Milk", "Tea", "Jam") });
    await next.close();
    expect(onError).not.toHaveBeenCalled();
  });

  test(`on ${name}, a stream of the first version of the protocol ends by reopen too`, async () => {
    const { old, young, scope, message, stream, onError } = start();
    await send2(old.app, message);
    const response = await stream(old.app, `scope=${encodeURIComponent(scope)}`);
    const rest = response.text();
    await send2(young.app, { ...message, payload: "Jam" });
    old.beats.ring();
    expect(await rest).toMatch(/event: reopen\n[^\n]*\n\n$/);
    expect(onError).not.toHaveBeenCalled();
  });

  test(`on ${name}, a stream of the old server says error of a newer state beside others`, async () => {
    const { old, young, scope, message, stream } = start();
    await send2(young.app, message);
    await send2(old.app, { ...message, instance: "other" });
    const scopes = [scope, `${message.type}:other`]
      .map((each) => `scope=${encodeURIComponent(each)}&have=`);
    const response = await stream(old.app, scopes.join("&"));
    const reader = response.body!.pipeThrough(
      new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>,
    ).getReader();
    let text = "";
    while (!text.includes("snapshot")) text += (await reader.read()).value;
    expect(text).toContain('"action":"error"');
    expect(text).toContain('"code":"newer-state"');
    expect(text).toContain('"instance":"other","rev":1');
    await reader.cancel();
  });

  test(`on ${name}, a page of the old state gets the whole of the migrated one, also where nothing was stored`, async () => {
    const { old, young, scope, message, entry } = start();
    await send2(old.app, message);
    const { page } = await Page.open(old.app, { scope });
    await page.next();
    const held = page.held.get(scope)!;
    await page.close();
    const before = await entry();
    const { page: next } = await Page.open(young.app, { scope, held });
    expect(await next.next())
      .toMatchObject({ action: "snapshot", rev: 1, state: cards("Milk", "Tea") });
    expect(next.held.get(scope)!.epoch).not.toBe(held.epoch);
    expect(await entry()).toEqual(before);
    await next.close();
    // What it has now is what the next commit stores.
    const { page: again } = await Page.open(young.app, { scope, held: next.held.get(scope)! });
    expect(await again.next()).toMatchObject({ action: "patch", rev: 1, ops: [] });
    await again.close();
    await send2(young.app, { ...message, payload: "Jam" });
    const { page: last } = await Page.open(young.app, { scope, held: next.held.get(scope)! });
    expect(await last.next()).toMatchObject({ action: "patch", rev: 2 });
    expect(last.held.get(scope)!.state).toEqual(cards("Milk", "Tea", "Jam"));
    await last.close();
  });

  test(`on ${name}, a viewer of the migrated state sees what the old server still does, and the new one`, async () => {
    const { old, young, scope, message } = start();
    await send2(old.app, message);
    const { page } = await Page.open(young.app, { scope });
    await page.next();
    await send2(old.app, { ...message, payload: "Jam" });
    expect(await seenAtHeartbeat(page, young.beats)).toMatchObject({ action: "patch", rev: 2 });
    expect(page.held.get(scope)!.state).toEqual(cards("Milk", "Tea", "Jam"));
    await send2(young.app, { ...message, payload: "Rye" });
    expect(await page.next()).toMatchObject({ action: "patch", rev: 3 });
    expect(page.held.get(scope)!.state).toEqual(cards("Milk", "Tea", "Jam", "Rye"));
    await page.close();
  });

  test(`on ${name}, the answer to an event is whole for a page of the old state, and a patch for one of the new`, async () => {
    for (const isOld of [true, false]) {
      const { old, young, scope, message } = start();
      await send2(old.app, message);
      const { page } = await Page.open(isOld ? old.app : young.app, { scope });
      await page.next();
      const { epoch, rev } = page.held.get(scope)!;
      await page.close();
      const sent = { ...message, payload: "Jam", eventId: "e", epoch, rev };
      const { patches } = await send2(young.app, sent);
      const patch = { action: "patch", rev: 2 };
      const whole = { action: "snapshot", rev: 2, state: cards("Milk", "Tea", "Jam") };
      expect(patches).toMatchObject([isOld ? whole : patch]);
    }
  });
}
