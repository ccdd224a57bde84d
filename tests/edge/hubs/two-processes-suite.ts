import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countOf } from "../../support/counter.ts";
import { EventStream, type StreamEvent } from "../../support/event-stream.ts";

/** Two processes that serve an app on one storage, and what ends them. */
export interface TwoProcesses {
  readonly ports: readonly [number, number];
  end(): void | Promise<void>;
}

/** Tests that each of two processes hears what happens in the other. */
export function testTwoProcesses(name: string, start: () => Promise<TwoProcesses>): void {
  describe(name, () => {
    let processes: TwoProcesses;
    beforeAll(async () => {
      processes = await start();
    });
    afterAll(() => processes?.end());

    const url = (process: 0 | 1) => `http://127.0.0.1:${processes.ports[process]}`;

    async function send(process: 0 | 1, instance: string, event = "add"): Promise<void> {
      const response = await fetch(`${url(process)}/nasc/event`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ protocol: 2, type: "Counter", instance, event, payload: 1 }),
      });
      expect(response.status).toBe(200);
      await response.body?.cancel();
    }

    async function open(process: 0 | 1, instance: string, user?: string): Promise<EventStream> {
      const headers: Record<string, string> = user === undefined ? {} : { "x-user": user };
      const path = `/nasc/stream?scope=Counter:${instance}&have=`;
      const page = new EventStream(await fetch(url(process) + path, { headers }));
      while ((await page.next()).data.action !== "snapshot");
      return page;
    }

    /** Returns the next frame that is about the instance. */
    async function next(page: EventStream): Promise<StreamEvent["data"]> {
      for (;;) {
        const { data } = await page.next();
        if (data.action !== "beat") return data;
      }
    }

    const heard = async (process: 0 | 1) => await (await fetch(`${url(process)}/heard`)).json();

    /** Expects that the next frame tells a counter that was counted up to a revision. */
    async function expectCounted(page: EventStream, rev: number): Promise<void> {
      const frame = await next(page);
      expect([frame.rev, countOf([frame])]).toEqual([rev, rev - 1]);
    }

    test("a page on one hears of the events on the other, in both directions", async () => {
      const pages = [await open(0, "both"), await open(1, "both")];
      for (let rev = 2; rev < 12; rev++) {
        await send(rev % 2 as 0 | 1, "both");
        for (const page of pages) await expectCounted(page, rev);
      }
      for (const page of pages) await page.close();
    });

    test("each hears of a change once, also where it was made", async () => {
      const pages = [await open(0, "once"), await open(1, "once")];
      const before = [await heard(0), await heard(1)];
      for (let rev = 2; rev < 12; rev++) {
        await send(0, "once");
        for (const page of pages) await expectCounted(page, rev);
      }
      // What comes back is back by now: this was sent after it.
      await send(1, "once");
      for (const page of pages) await expectCounted(page, 12);
      expect([await heard(0) - before[0], await heard(1) - before[1]]).toEqual([11, 11]);
      for (const page of pages) await page.close();
    });

    test("a page on one hears that an instance was deleted on the other", async () => {
      const page = await open(1, "deleted");
      await send(0, "deleted", "remove");
      expect(await next(page)).toMatchObject({ action: "gone", code: "deleted" });
      await page.close();
    });

    test("a page on one hears what is broadcast on the other, once, and not its own echo", async () => {
      const pages = [await open(0, "said"), await open(1, "said")];
      for (const process of [0, 1] as const) {
        await send(process, "said", "say");
        for (const page of pages) {
          expect(await next(page)).toEqual({
            ...{ action: "broadcast", type: "Counter", instance: "said" },
            payload: { payload: 1, é: "\u2028" },
          });
        }
      }
      await send(0, "said");
      for (const page of pages) await expectCounted(page, 2);
      for (const page of pages) await page.close();
    });

    test("a user who is hung up on one loses their streams on both, and nobody else does", async () => {
      const anns = [await open(0, "user", "ann"), await open(1, "user", "ann")];
      const others = [await open(0, "user", "bob"), await open(1, "user", "bob")];
      await fetch(`${url(0)}/log-out/ann`, { method: "POST" });
      for (const page of anns) expect((await page.rest()).at(-1)?.data.action).toBe("reopen");
      await send(1, "user");
      for (const page of others) await expectCounted(page, 2);
      for (const page of others) await page.close();
    });

    test("one that nobody listened to for a while hears again", async () => {
      const first = await open(1, "again");
      await first.close();
      await send(0, "again");
      const second = await open(1, "again");
      await send(0, "again");
      await expectCounted(second, 3);
      await second.close();
    });
  });
}
