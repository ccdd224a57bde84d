import { Hono } from "hono";
import { MemoryStore } from "../../mod.ts";
import { createNasc, type NascOptions } from "../../src/router/mod.ts";
import { presence, testBroadcasts, testViewers, user } from "./passing-suite.ts";
import { roomHandlers as handlers } from "./room.ts";

function start(options: Partial<NascOptions> = {}): Hono {
  const { app } = createNasc({
    ...{ handlers, store: new MemoryStore(), user, authorize: "everyone", hosts: "any" },
    onError: () => {},
    ...options,
  });
  return new Hono().route("/nasc", app);
}

testBroadcasts("over a store", start);
testViewers("over a store", (options) => start({ presence, ...options }));
