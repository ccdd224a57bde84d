import { env } from "cloudflare:workers";
import { D1Store } from "../../adapters/cloudflare-d1.ts";
import { testNewShapes } from "./new-shape-suite.ts";

let tests = 0;

testNewShapes("D1", () => ({ type: `Shape${tests++}`, open: () => new D1Store(env.DB) }));
