import { env } from "cloudflare:workers";
import { D1Store } from "../../adapters/cloudflare-d1.ts";
import { testNetworkModel } from "./network-model-suite.ts";

testNetworkModel("one D1", {
  schedules: 30,
  perTest: 10,
  storage: () => ({
    open: () => new D1Store(env.DB),
    // As long as the database takes to answer.
    keeps: 1,
    turn: () => env.DB.prepare("select 1").first(),
  }),
});
