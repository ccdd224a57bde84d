// What the routes do, over Durable Objects.
import { beforeEach } from "vitest";
import { nascObject } from "../../src/edge/mod.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { elsewhere } from "../router/support.ts";
import type { TestNamespace } from "../support/object-classes.ts";
import { newNamespace, ObjectsStore } from "./support.ts";

const ownStore = "it brings a store of its own";
const faultyStore = "it makes the store fail, or watches its calls";
const pastTheObject = "nothing writes to the storage of an object past the object";
const noHub = "the news of an object travel over no hub";

/** The tests that say nothing of objects, by what their names begin with, and why. */
const skipped: Readonly<Record<string, string>> = {
  "applies a repeated event once, and again after `receiptTtl`": ownStore,
  "leaves the document of a db and the value of a Map as they are": ownStore,
  "of one instance shares nothing with another instance of the same state": ownStore,
  "ends when its user is hung up, and when it is old": ownStore,
  "in the store of its own tenant, and nothing of another tenant's": ownStore,
  "finishes an event that has begun, even if nobody waits": "it looks at what the engine returns",
  "in which a change is not to be seen lets the revision follow at the next heartbeat":
    "an object says so at once, since it has no heartbeat",
  "sends the first state of an instance before any change of it": noHub,
  "brings the change itself where the hub has not carried it here yet": noHub,
  "finds at a heartbeat what changed without its hub hearing of it": pastTheObject,
  "looks at each instance in time while another one keeps changing": pastTheObject,
  "shows an instance that was replaced whole, whatever its revision": pastTheObject,
  "says that an instance was deleted, and shows it whole once it is there again": pastTheObject,
  "believes no revision lower than one that it has told": faultyStore,
  "gets the whole if the way back cannot be read": faultyStore,
  "process() returns frames where the message asks for protocol 2": pastTheObject,
};

let namespace: TestNamespace;
elsewhere.begin = () => {
  namespace = newNamespace();
  return new ObjectsStore(namespace);
};
elsewhere.instances = (options) => {
  const { handlers = {}, receiptTtl, history, handlerTimeout, checkState, onEvent } = options;
  const { onError = () => {}, clock = systemClock } = options;
  namespace.objectClass = nascObject({
    handlers,
    receiptTtl,
    history,
    handlerTimeout,
    checkState,
    onEvent,
    onError,
    // A test may ring the timers of the Worker.
    clock: { ...systemClock, now: () => clock.now() },
  });
  const own = namespace;
  return { instances: () => own };
};

beforeEach((test) => {
  const reason = Object.entries(skipped).find(([name]) => test.task.name.startsWith(name))?.[1];
  if (reason) test.skip(reason);
});

await import("../router/events.test.ts");
await import("../router/views.test.ts");
await import("../router/client-streams.test.ts");
await import("../router/frames.test.ts");
await import("../router/stream.test.ts");
await import("../router/poll.test.ts");
await import("../router/forms.test.ts");
