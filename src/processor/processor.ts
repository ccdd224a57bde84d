import { checkOptions } from "../shared/check-options.ts";
import * as kind from "../shared/kinds.ts";
import { frameOf, patchesOf } from "./answer.ts";
import { copyPayload } from "./copy-state.ts";
import { Engine } from "./engine.ts";
import { type InstanceFrame, protocolVersion } from "./frames.ts";
import type { Handlers } from "./handlers.ts";
import { handlersKind, sharedKinds, storeKind } from "./kinds.ts";
import type { ErrorPatch, Message, Patch } from "./message.ts";
import type { InstanceStore } from "./open-instances.ts";
import type { ProcessContext, ProcessorOptions } from "./options.ts";
import type { DeadMessage, DeadOptions } from "./send/dead-messages.ts";
import type { KnownHandlers, MessageTo } from "./typed-messages.ts";

/**
 * Runs one message and returns what its sender is to see. It never rejects: what went wrong is an `error` patch.
 * Without a `type`, the `instance` of a message is `"Type:id"`. With `protocol: 2`, an applied message returns one
 * frame: a snapshot, a patch of operations, or that the sender may see nothing of the instance. Where the handlers were
 * made by `defineHandler`, the compiler refuses types, events and payloads that they do not have.
 */
export interface Processor<Known = Handlers> {
  (
    message: MessageTo<Known> & { readonly protocol?: 1 },
    context?: ProcessContext,
  ): Promise<Patch[]>;
  (message: MessageTo<Known> & { readonly protocol: 2 }, context?: ProcessContext): Promise<
    (InstanceFrame | ErrorPatch)[]
  >;
  (message: MessageTo<Known>, context?: ProcessContext): Promise<Patch[]>;
  /**
   * Delivers what `context.send` has sent and nobody has delivered, by whichever process it was sent, as far as it is due;
   * and resolves once the events under way have ended, and the work of `context.waitUntil` that outlasts their answers. Call
   * it from a cron, when the process starts, and before it ends. A handler that awaits it waits for itself.
   *
   * @param context The bindings that the handlers get which run.
   */
  readonly drain: (context?: Pick<ProcessContext, "env">) => Promise<void>;
  /**
   * Returns messages of `context.send` that were set aside, since their receivers have refused them or kept failing: at
   * most 100 unless it says how many, by their senders.
   *
   * @throws {Error} if the store has no send queue
   */
  readonly deadMessages: (options?: DeadOptions) => Promise<DeadMessage[]>;
  /**
   * Sends a dead message again: it comes after what its sender has sent meanwhile to the same instance. Returns whether
   * there was one of this key.
   */
  readonly resend: (key: string) => Promise<boolean>;
  /** Deletes a dead message. Returns whether there was one of this key. */
  readonly discard: (key: string) => Promise<boolean>;
}

/** The kinds of the options of `deadMessages`. */
export const deadKinds: kind.Kinds<DeadOptions> = {
  after: kind.text,
  limit: {
    fits: (value) => Number.isInteger(value) && (value as number) > 0,
    cure: "a whole number from 1 up",
  },
};

/** Returns the function that runs messages on an engine, which is looked for at each. */
export function processorOf<Known>(
  engine: () => Engine,
  drain: Processor["drain"],
): Processor<Known> {
  const process = async (
    message: Partial<Message>,
    context?: ProcessContext,
  ): Promise<unknown[]> => {
    const outcome = await engine().run(message, context);
    const isFrame = outcome.ok && message?.protocol === protocolVersion;
    // A copy, since whoever gets it may change it, and the states are shared.
    return copyPayload(isFrame ? [frameOf(outcome)] : patchesOf(outcome)) as unknown[];
  };
  const dead: Pick<Processor, "deadMessages" | "resend" | "discard"> = {
    async deadMessages(given = {}) {
      const { options } = checkOptions("look for dead messages", { options: given }, {
        options: kind.optionsOf(deadKinds),
      });
      return await engine().sendQueue.dead(options);
    },
    resend: async (key) => await engine().sendQueue.resend(checkedKey(key)),
    discard: async (key) => await engine().sendQueue.discard(checkedKey(key)),
  };
  return Object.assign(process, { drain, ...dead }) as unknown as Processor<Known>;
}

/**
 * Returns the key of a dead message.
 *
 * @throws {TypeError} if it is no text
 */
export function checkedKey(key: string): string {
  return checkOptions("find a dead message", { key }, { key: { ...kind.text, isRequired: true } })
    .key;
}

const optionKinds: kind.Kinds<ProcessorOptions> = {
  ...sharedKinds,
  attempts: kind.attempts,
};

/**
 * Makes the function that runs events: it loads the instance's state, runs the handler, diffs, persists, and
 * returns patches.
 *
 * With an adapter, a commit compares versions, and an event that loses a race runs again on the new state.
 * With a plain store, the events of one instance run one after the other in this process.
 *
 * @throws {Error} if the store has no compare-and-set and `lastWriteWins` is not set
 * @throws {TypeError} if an argument is not what it should be, or an option is misspelt
 *
 * @example A counter
 * ```ts
 * import { createProcessor, MemoryStore } from "rian";
 *
 * const process = createProcessor({
 *   Counter: {
 *     mount: () => ({ count: 0 }),
 *     add: (n: number, state: { count: number }) => ({ count: state.count + n }),
 *   },
 * }, new MemoryStore());
 *
 * await process({ type: "Counter", instance: "visits", event: "mount" });
 * const patches = await process({ type: "Counter", instance: "visits", event: "add", payload: 2 });
 * if (JSON.stringify(patches).includes('"value":2') === false) throw new Error("expected 2");
 * ```
 */
export function createProcessor<Given extends Handlers>(
  handlers: Given,
  store: InstanceStore,
  options: ProcessorOptions = {},
): Processor<KnownHandlers<Given, Handlers>> {
  const checked = checkOptions("create a processor", { handlers, store, options }, {
    handlers: handlersKind,
    store: storeKind,
    options: kind.optionsOf(optionKinds),
  });
  const engine = new Engine(handlers, store, checked.options);
  return processorOf(() => engine, (context) => engine.drain(context));
}
