import type { Context, Hono } from "hono";
import { describe, expect, test } from "vitest";
import type { AcceptedAnswer, Frame } from "../../src/processor/frames.ts";
import type { NascOptions } from "../../src/router/mod.ts";
import { EventStream } from "../support/event-stream.ts";
import type { Guest, Room } from "./room.ts";
import { Page, send2 } from "./support-frames.ts";

/** Returns an app with the routes under /nasc, whose rooms nobody has been in. */
export type StartRooms = (options?: Partial<NascOptions>) => Hono;

const room = { type: "Room", instance: "r" } as const;
export const scope = "Room:r" as const;

/** Says who sends a request. */
export const user = (context: Context): Guest | undefined => {
  const id = context.req.header("x-user");
  const name = context.req.header("x-name");
  return id === undefined ? undefined : { id, secret: "xyzzy", ...(name && { name }) };
};

/** A page that was opened. */
export interface Entered {
  readonly page: Page;
  readonly token: string;
  /** What it was shown first. */
  readonly first: Frame;
}

/** Opens the page of a guest, and reads what it shows first. */
export async function enter(app: Hono, id: string | undefined): Promise<Entered> {
  const headers: Record<string, string> = id === undefined ? {} : { "x-user": id };
  const { page, token } = await Page.open(app, { scope, headers });
  const first = await page.next();
  return { page, token, first };
}

/** Sends an event of a guest. */
export function act(
  app: Hono,
  event: string,
  payload?: unknown,
  more: object = {},
): Promise<AcceptedAnswer> {
  return send2(app, { ...room, event, payload, ...more }, { "x-user": "ann" });
}

const broadcast = (payload: unknown) => ({ action: "broadcast", ...room, payload });

/** Tests what passes by on streams. */
export function testBroadcasts(name: string, start: StartRooms): void {
  describe(`a broadcast ${name}`, () => {
    test("reaches all who look on, after what the event has changed, but not the stream that has sent it", async () => {
      const app = start();
      const [ann, bob, eve] = [
        await enter(app, "ann"),
        await enter(app, "bob"),
        await enter(
          app,
          undefined,
        ),
      ];
      await act(app, "write", { typing: "ann" }, { stream: ann.token });
      for (const { page } of [bob, eve]) {
        expect(await page.next()).toMatchObject({ action: "patch", rev: 2 });
        expect(await page.next()).toEqual(broadcast({ typing: "ann" }));
      }
      await act(app, "say", [1, "two", null]);
      expect(await ann.page.next()).toMatchObject({ action: "patch", rev: 2 });
      for (const { page } of [ann, bob, eve]) {
        expect(await page.next()).toEqual(broadcast([1, "two", null]));
      }
      for (const { page } of [ann, bob, eve]) await page.close();
    });

    test("is not for those whose view shows nothing, from then on and until it does", async () => {
      const app = start();
      const [ann, bob] = [await enter(app, "ann"), await enter(app, "bob")];
      await act(app, "ban", "bob");
      expect(await bob.page.next()).toMatchObject({ action: "gone" });
      await act(app, "say", "behind their back");
      await act(app, "admit", "bob");
      expect(await bob.page.next()).toMatchObject({ action: "snapshot", rev: 3 });
      expect(await bob.page.next()).toEqual(broadcast("bob is admitted"));
      const heard: unknown[] = [];
      while (heard.length < 3) {
        const frame = await ann.page.next();
        if (frame.action === "broadcast") heard.push(frame.payload);
      }
      expect(heard).toEqual(["bob is banned", "behind their back", "bob is admitted"]);
      await act(app, "end");
      expect(await bob.page.next()).toMatchObject({ action: "gone", code: "deleted" });
      for (const { page } of [ann, bob]) await page.close();
    });

    test("is missed by those who are away, and by pages of the first Nasc", async () => {
      const app = start();
      const first = new EventStream(
        await app.request(`/nasc/stream?scope=${scope}`, {
          headers: { "x-user": "bob" },
        }),
      );
      await first.next();
      await act(app, "say", "nobody hears this");
      const { page } = await enter(app, "bob");
      await act(app, "write", "heard");
      expect((await first.next()).data.patches).toMatchObject([{ prop: "lines" }]);
      expect(await page.next()).toMatchObject({ action: "patch" });
      expect(await page.next()).toEqual(broadcast("heard"));
      await act(app, "write", "heard");
      expect((await first.next()).data.patches).toMatchObject([{ prop: "lines" }]);
      await first.close();
      await page.close();
    });

    test("is dropped for a page that reads slowly, which misses nothing of the state by that", async () => {
      const app = start();
      const slow = await app.request(`/nasc/stream?scope=${scope}&have=`, {
        headers: { "x-user": "bob" },
      });
      const ann = await enter(app, "ann");
      for (let number = 1; number <= 90; number++) {
        await act(app, "write", `${number} `.padEnd(2_000, "x"));
      }
      const stream = new EventStream(slow);
      const frames: { action: string; rev?: number; payload?: string }[] = [];
      while (!frames.at(-1)?.payload?.startsWith("90 ")) frames.push((await stream.next()).data);
      expect(frames.filter(({ rev }) => rev).at(-1)).toMatchObject({ rev: 91 });
      const heard = frames.filter(({ action }) => action === "broadcast");
      expect(heard.length).toBeLessThanOrEqual(36);
      await stream.close();
      await ann.page.close();
    });
  });
}

/** What others may see of a guest: nobody sees who has no name. */
export const presence = (guest: unknown): object | undefined => {
  const { id, name = id } = (guest ?? { id: "somebody" }) as Partial<Guest>;
  return name === "nobody" ? undefined : { name };
};

/** Reads on until a page is told that these look on. */
export async function expectListed(page: Page, ...names: readonly string[]): Promise<void> {
  const lists: string[] = [];
  for (;;) {
    const frame = await page.next();
    if (frame.action !== "viewers") continue;
    lists.push(frame.viewers.map(({ name }) => name).join());
    if (lists.at(-1) === names.join()) return;
    if (lists.length > 20) expect(lists).toContain(names.join());
  }
}

/** Returns the names of those who look on, as a handler finds them. */
export async function namesSeen(app: Hono): Promise<unknown[]> {
  await act(app, "look");
  const { patches } = await act(app, "mount");
  const [{ state }] = patches as unknown as [{ state: Room }];
  return state.seen.map(({ name }) => name);
}

/** Tests who is listed of those who look on, where `presence` is {@link presence}. */
export function testViewers(name: string, start: StartRooms): void {
  describe(`those who look on ${name}`, () => {
    test("leave out those who poll, and tell nobody of them", async () => {
      const app = start();
      const ann = await enter(app, "ann");
      await expectListed(ann.page, "ann");
      for (const id of ["bob", "ann", "bob"]) {
        const polled = await app.request(`http://rian.test/nasc/poll?scope=${scope}&have=`, {
          headers: { "x-user": id },
        });
        expect((await polled.json()).frames).toMatchObject([{ action: "snapshot" }]);
      }
      expect(await namesSeen(app)).toEqual(["ann"]);
      await act(app, "say", "next");
      // Nobody has come or gone in between.
      expect(await ann.page.next()).toMatchObject({ action: "patch", rev: 2 });
      expect(await ann.page.next()).toEqual(broadcast("next"));
      await ann.page.close();
    });

    test("are told who does, whenever that changes, each once and in the order in which they came", async () => {
      const app = start();
      const ann = await enter(app, "ann");
      await expectListed(ann.page, "ann");
      const bobs = [await enter(app, "bob"), await enter(app, "bob"), await enter(app, "bob")];
      for (const { page } of bobs) await expectListed(page, "ann", "bob");
      await expectListed(ann.page, "ann", "bob");
      const eve = await enter(app, "eve");
      for (const { page } of [ann, ...bobs, eve]) await expectListed(page, "ann", "bob", "eve");
      expect(await namesSeen(app)).toEqual(["ann", "bob", "eve"]);
      // The first of several pages that is closed takes nobody with it, nor their place.
      await bobs[0]!.page.close();
      await bobs[1]!.page.close();
      await eve.page.close();
      await expectListed(ann.page, "ann", "bob");
      const dan = await enter(app, "dan");
      await expectListed(bobs[2]!.page, "ann", "bob", "dan");
      await bobs[2]!.page.close();
      await expectListed(ann.page, "ann", "dan");
      expect(await namesSeen(app)).toEqual(["ann", "dan"]);
      for (const { page } of [ann, dan]) await page.close();
    });

    test("are listed one by one where nobody knows who they are, and not at all where presence says so", async () => {
      const app = start();
      const some = [await enter(app, undefined), await enter(app, undefined)];
      const nobody = await enter(app, "nobody");
      for (const { page } of [...some, nobody]) await expectListed(page, "somebody", "somebody");
      await some[0]!.page.close();
      await expectListed(nobody.page, "somebody");
      for (const { page } of [some[1]!, nobody]) await page.close();
    });

    test("are not listed, nor told, while their view shows nothing", async () => {
      const app = start();
      const ann = await enter(app, "ann");
      const bob = await enter(app, "bob");
      await expectListed(bob.page, "ann", "bob");
      await act(app, "ban", "bob");
      while ((await bob.page.next()).action !== "gone");
      await expectListed(ann.page, "ann");
      const carl = await enter(app, "carl");
      await act(app, "ban", "dan");
      const dan = await enter(app, "dan");
      expect(dan.first).toMatchObject({ action: "gone" });
      await expectListed(ann.page, "ann", "carl");
      expect(await namesSeen(app)).toEqual(["ann", "carl"]);
      await act(app, "admit", "bob");
      expect(await bob.page.next()).toMatchObject({ action: "snapshot" });
      await expectListed(bob.page, "ann", "carl", "bob");
      await expectListed(carl.page, "ann", "carl", "bob");
      await act(app, "end");
      for (const { page } of [ann, bob, carl]) while ((await page.next()).action !== "gone");
      expect(await namesSeen(app)).toEqual([]);
      for (const { page } of [ann, bob, carl, dan]) await page.close();
    });

    test("are listed though they speak protocol 1, and told nothing then", async () => {
      const app = start();
      const first = new EventStream(
        await app.request(`/nasc/stream?scope=${scope}`, { headers: { "x-user": "old" } }),
      );
      await first.next();
      const ann = await enter(app, "ann");
      await expectListed(ann.page, "old", "ann");
      await act(app, "write", "x");
      expect((await first.next()).data.patches).toMatchObject([{ prop: "lines" }]);
      await first.close();
      await expectListed(ann.page, "ann");
      await ann.page.close();
    });

    test("are listed by what they are called now, once it is asked again who they are", async () => {
      let name = "Ann";
      const app = start({
        reauthorize: 20,
        user: (context: Context) => {
          const id = context.req.header("x-user")!;
          return { id, secret: "xyzzy", ...(id === "ann" && { name }) };
        },
      });
      const [ann, bob] = [await enter(app, "ann"), await enter(app, "bob")];
      await expectListed(bob.page, "Ann", "bob");
      name = "Nan";
      for (const { page } of [ann, bob]) await expectListed(page, "Nan", "bob");
      expect(await namesSeen(app)).toEqual(["Nan", "bob"]);
      name = "nobody";
      for (const { page } of [ann, bob]) await expectListed(page, "bob");
      for (const { page } of [ann, bob]) await page.close();
    });
  });
}
