import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { expectToWorkWhenEmptied } from "../shared/emptied.ts";

test("D1Store goes on after another Worker drops its tables", async () => {
  const store = new D1Store(env.DB);
  await expectToWorkWhenEmptied(store, async () => {
    await env.DB.prepare(`drop table if exists "Note"`).run();
  });
  const { results } = await env.DB.prepare(`select count(*) as n from "Note"`).run();
  expect(results).toEqual([{ n: 0 }]);
});

test("D1Store refuses a conditional commit over a dropped table as a conflict, whatever is in it", async () => {
  const store = new D1Store(env.DB);
  const versions = await store.commit(["a", "b"].map((key) => ({ type: "Note", key, value: 1 })));
  await env.DB.prepare(`drop table "Note"`).run();
  const commit = store.commit([
    { type: "Other", key: "a", value: 1 },
    { type: "Note", key: "a", value: 2, ifVersion: versions[0]! },
    { type: "Note", key: "b", ifVersion: versions[1]!, check: true },
  ]);
  await expect(commit).rejects.toMatchObject({ name: "ConflictError", type: "Note", key: "a" });
  expect(await store.load("Other", "a")).toBeNull();
});
