import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { expect, test } from "vitest";
import type { HandlerContext } from "../../mod.ts";
import { type ObjectContext, sendTo } from "../../src/edge/mod.ts";
import { socketPair, socketResponse } from "../../src/edge/platform.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { Page } from "../router/support-frames.ts";
import { objectApp } from "./support.ts";

test("what an alarm delivers reaches viewers, also beside a socket of a subclass's own", async () => {
  const clock = { ...systemClock };
  const Clock = {
    mount: () => ({ ticks: 0 }),
    wind(_: unknown, state: object, context: HandlerContext) {
      context.send("Clock", context.id, "tick", undefined, { delay: 60_000 });
      return state;
    },
    tick: (_: unknown, { ticks }: { ticks: number }) => ({ ticks: ticks + 1 }),
  };
  const { app, namespace } = objectApp({
    handlers: { Clock },
    object: { clock, instances: () => namespace },
  });
  // The newest socket comes first.
  const { objectClass } = namespace;
  namespace.objectClass = class extends objectClass {
    readonly #context: ObjectContext;

    // deno-lint-ignore no-explicit-any -- as the platform calls it
    constructor(context: any, env: unknown) {
      super(context, env);
      this.#context = context;
    }

    override fetch(request: Request): Promise<Response> {
      if (!request.url.startsWith("http://own/")) return super.fetch(request);
      const { worker, object } = socketPair();
      this.#context.acceptWebSocket(object);
      return Promise.resolve(socketResponse(101, worker));
    }
  };
  const object = namespace.object("Clock", "c");
  await sendTo(namespace, { type: "Clock", instance: "c", event: "wind" });
  const { page } = await Page.open(app, { scope: "Clock:c" });
  expect(await page.next()).toMatchObject({ state: { ticks: 0 } });
  const own = await object.fetch("http://own/", { headers: { upgrade: "websocket" } });
  own.webSocket!.accept();
  clock.now = () => systemClock.now() + 61_000;
  await evictDurableObject(object);
  expect(await runDurableObjectAlarm(object)).toBe(true);
  expect(await page.next()).toMatchObject({ state: { ticks: 1 } });
  await page.close();
});
