import { DurableObject } from "cloudflare:workers";

/** The Worker that workerd tests run beside. They use its bindings, not its responses. */
export default {
  fetch(): Response {
    return new Response("the tests run beside this worker");
  },
};

/** A Durable Object whose storage tests use through `runInDurableObject`. */
export class StorageObject extends DurableObject {}
