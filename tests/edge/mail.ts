import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { DurableObjectStore } from "../../adapters/durable-object.ts";
import type { Handlers, Patch } from "../../mod.ts";
import { type InstanceNamespace, type NascObjectOptions, sendTo } from "../../src/edge/mod.ts";
import { type Mailbox, mailboxes, type Sending } from "../processor/send/mailbox.ts";
import type { TestNamespace } from "../support/object-classes.ts";
import { newNamespace, objectApp } from "./support.ts";

/** Options of {@link mail}. */
export interface MailOptions extends Partial<NascObjectOptions> {
  readonly handlers?: Handlers;
  /** Returns what an object sends through, in place of the namespace itself. */
  readonly between?: (namespace: TestNamespace) => InstanceNamespace;
}

/** Looks into an object whose storage nobody else touches meanwhile. */
export function inside<Result>(
  namespace: TestNamespace,
  [type, id]: readonly [string, string],
  look: (store: DurableObjectStore) => Promise<Result>,
): Promise<Result> {
  return runInDurableObject(namespace.object(type, id), (_, { storage }) => {
    return look(new DurableObjectStore(storage));
  });
}

/** Objects that send to each other, and what a test does with them. */
export interface Mail {
  readonly namespace: TestNamespace;
  readonly app: ReturnType<typeof objectApp>["app"];
  /** What was reported. */
  readonly errors: readonly string[];
  /** Lets a mailbox send. */
  send(id: string, sendings: readonly Sending[], event?: string): Promise<readonly Patch[]>;
  /** Returns a mailbox as it is stored. */
  box(id: string): Promise<Mailbox | null>;
  /** Returns how many entries of a mailbox wait in its queue, are not due, and are dead. */
  waiting(id: string): Promise<readonly number[]>;
  /** Lets the alarm of a mailbox ring, if it is set, and returns whether it was. */
  ring(id: string): Promise<boolean>;
}

/** Returns an app over objects that send to each other. */
export function mail({ handlers = mailboxes, between, ...options }: MailOptions = {}): Mail {
  const errors: string[] = [];
  const namespace = newNamespace();
  const instances = between ? between(namespace) : namespace;
  const { app } = objectApp({
    namespace,
    handlers,
    object: {
      instances: () => instances,
      onError: (error) => void errors.push(String(error)),
      ...options,
    },
  });
  return {
    namespace,
    app,
    errors,
    send: (id, payload, event = "send") => {
      return sendTo(namespace, { type: "Mailbox", instance: id, event, payload });
    },
    box: (id) => inside(namespace, ["Mailbox", id], (store) => store.load("Mailbox", id)),
    waiting: (id) =>
      inside(namespace, ["Mailbox", id], (store) => {
        const types = ["_nasc_outbox", "_nasc_delayed", "_nasc_dead"];
        return Promise.all(types.map((type) => store.count(type)));
      }),
    ring: (id) => runDurableObjectAlarm(namespace.object("Mailbox", id)),
  };
}

/** Returns a namespace over another one, whose requests a test handles. */
export function through(
  namespace: TestNamespace,
  pass: (
    // deno-lint-ignore no-explicit-any -- the platform's own type
    call: () => Promise<any>,
    receiver: { readonly type: string; readonly id: string },
    // deno-lint-ignore no-explicit-any -- the platform's own type
  ) => Promise<any>,
): InstanceNamespace {
  return {
    idFromName: (name) => name,
    get: (name: string) => ({
      fetch(url, init) {
        const [type, id] = JSON.parse(name);
        return pass(() => namespace.object(type, id).fetch(url, init), { type, id });
      },
    }),
  };
}
