import { expect, test } from "vitest";
import { counterHandlers } from "../support/counter.ts";
import { Page, send2 } from "../router/support-frames.ts";
import { post } from "../router/support.ts";
import { objectApp } from "./support.ts";

const visits = { type: "Counter", instance: "visits" };

test("an event runs in the object of its instance, and its page hears of it by a stream", async () => {
  const { app } = objectApp({ handlers: counterHandlers });
  const { page } = await Page.open(app);
  expect(await page.next()).toMatchObject({ action: "snapshot", rev: 1, state: { count: 0 } });
  const answer = await send2(app, { ...visits, event: "add", payload: 2 });
  expect(answer).toMatchObject({ ok: true, rev: 2 });
  expect(await page.next()).toMatchObject({ action: "snapshot", rev: 2, state: { count: 2 } });
  await page.close();
  const old = await post(app, { ...visits, event: "add" });
  expect(await old.json()).toMatchObject({ ok: true, rev: 3 });
});
