import { expect, test } from "vitest";
import { createProcessor, type HandlerContext, MemoryStore } from "../../mod.ts";
import { plainStore } from "../support/plain-store.ts";

const { promise: never } = Promise.withResolvers<void>();

/** A lamp whose events and whose work afterwards end when the test says so. */
function lamps() {
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const gate = (name: string) => {
    const found = gates.get(name) ?? Promise.withResolvers<void>();
    gates.set(name, found);
    return found;
  };
  const ended: string[] = [];
  const Lamp = {
    mount: () => ({ isLit: false }),
    async light(name: string, _lamp: object, { waitUntil }: HandlerContext) {
      waitUntil(async () => {
        await gate(`after ${name}`).promise;
        ended.push(`after ${name}`);
      });
      await gate(name).promise;
      ended.push(name);
      return { isLit: true, by: name };
    },
    fail(_: unknown, _lamp: object, { waitUntil }: HandlerContext) {
      waitUntil(Promise.reject(new Error("the bulb is broken")));
      throw new Error("it stays dark");
    },
  };
  return { Lamp, gate, ended };
}

/** Returns whether a promise is still pending once all that can go on has gone on. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const turn = new Promise((resolve) => setTimeout(resolve, 0, "pending"));
  return await Promise.race([promise.then(() => "resolved"), turn]) === "pending";
}

test.for(
  [
    ["a MemoryStore", () => new MemoryStore()],
    ["a plain store", () => plainStore(new Map())],
    ["a Map", () => new Map()],
  ] as const,
)(
  "on %s, drain waits for the event under way and the work after it",
  async ([, open]) => {
    const { Lamp, gate, ended } = lamps();
    const process = createProcessor({ Lamp }, open());
    const light = { type: "Lamp", instance: "desk", event: "light" };
    const first = process({ ...light, payload: "first" });
    // This one waits for its turn.
    const second = process({ ...light, payload: "second" });
    const drained = process.drain();
    for (const name of ["first", "second", "after first"]) {
      expect([name, await isPending(drained)]).toEqual([name, true]);
      gate(name).resolve();
    }
    await Promise.all([first, second]);
    expect(await isPending(drained)).toBe(true);
    gate("after second").resolve();
    await drained;
    expect(ended.sort()).toEqual(["after first", "after second", "first", "second"]);
  },
);

test("drain resolves at once where nothing is under way, and again later", async () => {
  const { Lamp, gate } = lamps();
  const process = createProcessor({ Lamp }, new MemoryStore());
  await process.drain();
  const lit = process({ type: "Lamp", instance: "desk", event: "light", payload: "late" });
  const drained = process.drain();
  expect(await isPending(drained)).toBe(true);
  gate("late").resolve();
  gate("after late").resolve();
  await Promise.all([lit, drained, process.drain()]);
});

test("drain waits for no event that was refused, has failed or was given up", async () => {
  const { Lamp } = lamps();
  const Stuck = { mount: () => ({}), wait: async () => (await never, {}) };
  const reported: unknown[] = [];
  const onError = (error: unknown) => reported.push(error);
  const process = createProcessor({ Lamp }, new MemoryStore(), { onError });
  const impatient = createProcessor({ Stuck }, new MemoryStore(), { handlerTimeout: 1, onError });
  const desk = { type: "Lamp", instance: "desk" };
  const answers = await Promise.all([
    process({ ...desk, event: "fail" }),
    process({ ...desk, event: "explode" }),
    impatient({ type: "Stuck", instance: "s", event: "wait" }),
    process({ instance: "" } as never),
  ]);
  expect(answers.flat().map((patch) => patch.action === "error" && patch.code))
    .toEqual(["internal", "unknown-event", "timeout", "invalid-message"]);
  await Promise.all([process.drain(), impatient.drain()]);
  expect(String(reported)).toContain("the bulb is broken");
});
