import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { D1Store } from "../../adapters/cloudflare-d1.ts";
import { createProcessor, type Handlers } from "../../mod.ts";
import { exportFrom, importTo, readFrom, sendTo } from "../../src/edge/mod.ts";
import { exportInstances, importInstances } from "../../src/router/mod.ts";
import { Page, send2 } from "../router/support-frames.ts";
import { objectApp } from "./support.ts";

const at = new Date(1_000);
const handlers: Handlers = {
  Ledger: {
    mount: () => ({ sum: 0, at }),
    add: (amount: number, state) => ({ ...state, sum: state.sum + amount }),
    async end(_: unknown, state, context) {
      await context.delete();
      return state;
    },
  },
};
const ids = ["a", "b", "c", "d"];
const addresses = ids.map((id) => ({ type: "Ledger", id }));

test("instances move from D1 to objects and back, with what is known of their events", async () => {
  const from = new D1Store(env.DB);
  const process = createProcessor(handlers, from);
  const add = { type: "Ledger", event: "add", payload: 2 };
  for (const instance of ids) {
    // More receipts than have room beside the state.
    for (let count = 0; count < 40; count++) {
      await process({ ...add, instance, eventId: `e${count}-${instance}` });
    }
  }
  await process({ type: "Ledger", instance: "d", event: "end", eventId: "end-d" });
  const exported: string[] = [];
  for await (const line of exportInstances(from, { types: ["Ledger"] })) exported.push(line);

  const { app, namespace } = objectApp({ handlers });
  expect(await importTo(namespace, exported)).toEqual({ imported: 3, kept: 0 });
  expect(await readFrom(namespace, addresses[0]!)).toMatchObject({
    rev: 40,
    state: { sum: 80, at },
  });
  // None is applied again, be its receipt near or far; nor is what was deleted brought back.
  for (const eventId of ["e0-a", "e39-a"]) {
    const answer = await send2(app, { ...add, instance: "a", eventId });
    expect(answer).toMatchObject({ rev: 40 });
  }
  expect(await sendTo(namespace, { ...add, instance: "d", eventId: "e0-d" }))
    .toMatchObject([{ action: "error", code: "gone" }]);
  expect(await send2(app, { ...add, instance: "a", eventId: "new" })).toMatchObject({ rev: 41 });

  const back: string[] = [];
  for await (const line of exportFrom(namespace, addresses)) back.push(line);
  await from.clear("Ledger");
  const imported = await importInstances(from, back, { existing: "replace" });
  expect(imported).toEqual({ imported: 3, kept: 0 });
  expect(await from.load("Ledger", "a")).toEqual({ sum: 82, at });
  expect(await process({ ...add, instance: "a", eventId: "new" })).toMatchObject([
    { prop: "sum", value: 82 },
    {},
  ]);
});

test("an import refuses an object that has its instance, unless it is told to keep or replace it", async () => {
  const { app, namespace } = objectApp({ handlers });
  const { page } = await Page.open(app, { scope: "Ledger:x" });
  await page.next();
  const lines: string[] = [];
  for await (const line of exportFrom(namespace, [{ type: "Ledger", id: "x" }])) lines.push(line);
  await send2(app, { type: "Ledger", instance: "x", event: "add", payload: 5 });
  await page.next();
  await expect(importTo(namespace, lines)).rejects.toMatchObject({ name: "ConflictError" });
  expect(await importTo(namespace, lines, { existing: "keep" })).toEqual({ imported: 0, kept: 1 });
  expect(await importTo(namespace, lines, { existing: "replace" }))
    .toEqual({ imported: 1, kept: 0 });
  expect(await page.next()).toMatchObject({ action: "snapshot", rev: 1, state: { sum: 0 } });
  await send2(app, { type: "Ledger", instance: "x", event: "add", payload: 1 });
  expect(await page.next()).toMatchObject({ rev: 2 });
  await expect(importTo(namespace, ["{}"])).rejects.toThrow("line 1 is damaged");
  await page.close();
});
