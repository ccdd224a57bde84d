import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { expect, test } from "vitest";
import type { HandlerContext, Handlers } from "../../mod.ts";
import { nascObject, type ObjectContext, sendTo } from "../../src/edge/mod.ts";
import { relay, seeded } from "../processor/send/relay.ts";
import type { TestObjectContext } from "../support/object-classes.ts";
import { inside, mail, through } from "./mail.ts";
import { newNamespace } from "./support.ts";

const senders = ["e0", "e1", "e2"];
const receivers = ["s0", "s1", "s2", "s3"];
/** How many events each sender has, and how many messages each of them sends. */
const [events, width] = [45, 4];
/** After how many faults there are no more. */
const most = 120;

const between = ["the request is lost", "the answer is lost"];
const sender = ["the sender is aborted", "the sender is aborted before it has the answer"];
const receiver = ["the receiver is aborted", "the receiver is aborted before it has answered"];
const inHandler = ["the handler throws"];

/** What happens to objects of which one may be aborted at any time. */
class Faults {
  readonly random: () => number;
  readonly seen = new Map<string, number>();

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  get count(): number {
    return [...this.seen.values()].reduce((sum, count) => sum + count, 0);
  }

  oneOf<Item>(list: readonly Item[]): Item {
    return list[Math.floor(this.random() * list.length)]!;
  }

  /** Returns a fault now and then. */
  next(chance: number, faults: readonly string[]): string | undefined {
    if (this.random() >= chance || this.count >= most || faults.length === 0) return undefined;
    const fault = this.oneOf(faults);
    this.seen.set(fault, (this.seen.get(fault) ?? 0) + 1);
    return fault;
  }
}

/** Objects that fail. Those that may be aborted are not evicted: the local runtime waits long for what was aborted. */
function failing(seed: number, isAborted: boolean) {
  const faults = new Faults(seed);
  const namespace = newNamespace();
  const [ofSender, ofReceiver] = isAborted ? [sender, receiver] : [[], []];
  const { Emitter, Sink } = relay as Required<typeof relay>;
  const handlers: Handlers = {
    Emitter: Emitter!,
    Sink: {
      ...Sink,
      take(n: number, state: object, context: HandlerContext) {
        if (faults.next(0.05, inHandler)) throw new Error("a fault");
        return Sink!["take"]!(n, state, context);
      },
    },
  };
  const objectClass = nascObject({
    handlers,
    // Nothing waits longer than it has to.
    random: () => 0,
    onError: () => {},
    instances: (abort: () => void) =>
      through(namespace, async (call) => {
        const fault = faults.next(0.25, [...between, ...ofSender]);
        if (fault === between[0]) throw new Error("it is lost");
        if (fault === sender[0]) abort();
        const response = await call();
        if (fault === sender[1]) abort();
        if (fault !== between[1]) return response;
        await response.text();
        throw new Error("it is lost");
      }),
  });
  namespace.objectClass = class extends objectClass {
    readonly #abort: () => void;

    constructor(context: ObjectContext) {
      const abort = () => (context as TestObjectContext).abort("a fault");
      super(context, abort);
      this.#abort = abort;
    }

    override async fetch(request: Request): Promise<Response> {
      const fault = request.url.endsWith("/deliver") ? faults.next(0.1, ofReceiver) : undefined;
      if (fault === receiver[0]) this.#abort();
      const response = await super.fetch(request);
      if (fault === receiver[1]) this.#abort();
      return response;
    }
  };
  return { faults, namespace };
}

async function emitAll(
  { faults, namespace }: ReturnType<typeof failing>,
  isEvicted: boolean,
): Promise<void> {
  const evict = async (type: string, id: string) => {
    if (!isEvicted || faults.random() > 0.1) return;
    // It may not be running.
    await evictDurableObject(namespace.object(type, id)).catch(() => {});
  };
  await Promise.all(senders.map(async (id) => {
    for (let count = 0; count < events; count++) {
      const payload = Array.from({ length: width }, () => faults.oneOf(receivers));
      const event = { event: "emit", payload, eventId: `${id}-${count}` };
      for (let code: string | undefined = "unavailable"; code !== undefined;) {
        const [patch] = await sendTo(namespace, { type: "Emitter", instance: id, ...event });
        code = patch?.action === "error" ? patch.code : undefined;
        expect([undefined, "unavailable"]).toContain(code);
      }
      await evict("Emitter", id);
      await evict("Sink", faults.oneOf(receivers));
    }
  }));
}

const runs = [[1, "aborted"], [2, "aborted"], [3, "evicted"]] as const;

test.for(runs)(
  "of what objects send, faults at every step lose, double and disorder nothing (seed %i, %s objects)",
  async ([seed, how]) => {
    const made = failing(seed, how === "aborted");
    const { faults, namespace } = made;
    await emitAll(made, how === "evicted");
    await expect.poll(async () => {
      const counts = await Promise.all(senders.map(async (id) => {
        await runDurableObjectAlarm(namespace.object("Emitter", id)).catch(() => {});
        return await inside(namespace, ["Emitter", id], (store) => store.count("_nasc_outbox"))
          .catch(() => NaN);
      }));
      return counts;
    }).toEqual(senders.map(() => 0));

    let [sent, poison, dead] = [0, 0, 0];
    for (const id of senders) {
      const emitter = await inside(namespace, ["Emitter", id], async (store) => {
        dead += await store.count("_nasc_dead");
        return await store.load("Emitter", id);
      });
      poison += emitter.poison;
      for (const to of receivers) {
        const { last, wrong } = await inside(namespace, ["Sink", to], (store) => {
          return store.load("Sink", to);
        });
        expect([id, to, last[id], wrong]).toEqual([id, to, emitter.sent[to], []]);
        sent += last[id];
      }
    }
    expect([sent, dead]).toEqual([senders.length * events * width, poison]);
    const kinds = [...between, ...inHandler, ...how === "aborted" ? [...sender, ...receiver] : []];
    expect([...faults.seen.keys()].sort()).toEqual(kinds.sort());
    expect(faults.count).toBeGreaterThanOrEqual(50);
  },
);

test("an object whose storage fails as it wakes sends again once the storage answers", async () => {
  let failures = 100;
  const { namespace, send, box } = mail();
  const Plain = namespace.objectClass;
  namespace.objectClass = class extends Plain {
    constructor(context: ObjectContext, env: unknown) {
      const { storage } = context;
      super({
        ...context,
        storage: {
          sql: storage.sql,
          transactionSync: (run) => storage.transactionSync(run),
          getAlarm: () =>
            failures-- > 0 ? Promise.reject(new Error("no disk")) : storage.getAlarm(),
          setAlarm: (time) => storage.setAlarm(time),
        },
      }, env);
    }
  };
  expect(await send("a", [{ to: "b", lines: [1] }])).toMatchObject([{ code: "uncertain" }]);
  expect(failures).toBeLessThan(100);
  failures = 0;
  await send("a", [{ to: "b", lines: [2] }]);
  await expect.poll(async () => (await box("b"))?.got).toEqual([2]);
});
