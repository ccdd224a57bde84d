import { DurableObject } from "cloudflare:workers";
import type { NascObject } from "../../src/edge/mod.ts";
import { makeTestObject } from "./object-classes.ts";

/** The Worker that workerd tests run beside. They use its bindings, not its responses. */
export default {
  fetch(): Response {
    return new Response("the tests run beside this worker");
  },
};

/** A Durable Object whose storage tests use through `runInDurableObject`. */
export class StorageObject extends DurableObject {}

/** A Durable Object of the class that a test has chosen. */
export class NascTestObject {
  // deno-lint-ignore no-explicit-any -- the platform's own type
  constructor(context: any, env: unknown) {
    return makeTestObject(context, env) as NascObject;
  }
}
