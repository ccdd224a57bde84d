import { DurableObject } from "cloudflare:workers";

/** The worker that workerd tests run beside; they use its bindings, not its answers. */
export default {
  fetch(): Response {
    return new Response("the tests run beside this worker");
  },
};

/** An object whose storage tests work with, by `runInDurableObject`. */
export class StorageObject extends DurableObject {}
