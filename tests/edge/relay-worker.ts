// A Worker whose objects send to each other, run by send-killed.test.ts.
import type { HandlerContext, Handlers } from "../../mod.ts";
import { type InstanceNamespace, nascObject, type NascObjectClass } from "../../src/edge/mod.ts";
import { readFrom, sendQueueOf, sendTo } from "../../src/edge/mod.ts";
import { relay } from "../processor/send/relay.ts";

interface Bindings {
  readonly NASC: InstanceNamespace;
}

const { Emitter, Sink } = relay as Required<Handlers>;

/** A sink that takes its time, so whoever ends the process does so while something is on its way. */
const SlowSink: Handlers[string] = {
  ...Sink!,
  async take(n: number, state: object, context: HandlerContext) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return Sink!["take"]!(n, state, context);
  },
};

const objects: NascObjectClass = nascObject({
  handlers: { Emitter: Emitter!, Sink: SlowSink },
  instances: (env: Bindings) => env.NASC,
  onError: () => {},
});

export class Nasc extends objects {}

export default {
  /** Sends a message to an object, reads an instance, or counts the dead messages of one. */
  async fetch(request: Request, { NASC }: Bindings): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/send") {
      return Response.json(
        await sendTo(NASC, await request.json() as Parameters<typeof sendTo>[1]),
      );
    }
    const [, what, type, id] = pathname.split("/") as [string, string, string, string];
    if (what === "read") return Response.json((await readFrom(NASC, { type, id }))!.state);
    return Response.json((await sendQueueOf(NASC, { type, id }).deadMessages()).length);
  },
};
