import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { D1Store } from "../../adapters/cloudflare-d1.ts";
import { thousandIncrements } from "../support/thousand-increments.ts";

test("1,000 concurrent increments on D1 make 1,000", async () => {
  expect(await thousandIncrements(() => new D1Store(env.DB))).toEqual({ count: 1000, errors: [] });
});
