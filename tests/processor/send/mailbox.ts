import type { Adapter, HandlerContext, Handlers } from "../../../mod.ts";
import { NascError } from "../../../mod.ts";

/** A line of a {@link Mailbox}. */
export type Line = string | number;

/** What an instance of `Mailbox` is. */
export interface Mailbox {
  readonly got: readonly Line[];
  readonly from: readonly string[];
  readonly ids: readonly string[];
}

/** What a test asks a mailbox to send. */
export interface Sending {
  readonly to: string;
  readonly event?: string;
  readonly lines: readonly Line[];
  readonly delay?: number;
}

/** Handlers that send lines to each other. An event of a type that ends in `Refused` is never applied. */
export const mailboxes: Handlers = {
  Mailbox: {
    mount: (): Mailbox => ({ got: [], from: [], ids: [] }),
    send(sendings: readonly Sending[], state: Mailbox, context: HandlerContext): Mailbox {
      sendAll(sendings, context);
      return state;
    },
    send_and_fail(sendings: readonly Sending[], _: Mailbox, context: HandlerContext): never {
      sendAll(sendings, context);
      throw new NascError("refused", "It is not sent");
    },
    async send_and_go(
      sendings: readonly Sending[],
      state: Mailbox,
      context: HandlerContext,
    ): Promise<Mailbox> {
      sendAll(sendings, context);
      await context.delete();
      return state;
    },
    get: (
      line: Line,
      { got, from, ids }: Mailbox,
      { sender, eventId }: HandlerContext,
    ): Mailbox => ({
      got: [...got, line],
      from: [...from, sender ? `${sender.type}/${sender.id}` : "a page"],
      ids: [...ids, eventId],
    }),
    refuse(line: Line): never {
      throw new NascError("full", `There is no room for ${line}`);
    },
    ignore: (_: Line, state: Mailbox): Mailbox => state,
  },
};

function sendAll(sendings: readonly Sending[], context: HandlerContext): void {
  for (const { to, event = "get", lines, delay } of sendings) {
    for (const line of lines) {
      context.send("Mailbox", to, event, line, delay === undefined ? {} : { delay });
    }
  }
}

/** A store of a process that a test can kill: from then on, no call of it does anything or returns. */
export interface Mortal {
  readonly store: Adapter;
  /** Resolves once the process is killed. */
  readonly killed: Promise<void>;
  kill(): void;
}

/**
 * Returns a store on another one that a test can kill.
 *
 * @param diesAfter Returns whether the process is killed by the time that the answer to a commit of these types comes.
 */
export function mortal(
  store: Adapter,
  diesAfter: (types: readonly string[]) => boolean = () => false,
): Mortal {
  let isDead = false;
  const { promise: killed, resolve } = Promise.withResolvers<void>();
  const kill = () => {
    isDead = true;
    resolve();
  };
  const never = () => new Promise<never>(() => {});
  const mortalStore: Adapter = {
    name: store.name,
    capabilities: store.capabilities,
    source: {},
    load: (...parameters) => isDead ? never() : store.load(...parameters),
    persist: (...parameters) => isDead ? never() : store.persist(...parameters),
    get: (...parameters) => isDead ? never() : store.get(...parameters),
    async *list(...parameters) {
      if (isDead) await never();
      yield* store.list(...parameters);
    },
    async commit(writes) {
      if (isDead) await never();
      const versions = await store.commit(writes);
      if (diesAfter(writes.map(({ type }) => type))) kill();
      return isDead ? await never() : versions;
    },
    clear: (type) => store.clear(type),
    close: () => Promise.resolve(),
  };
  return { store: mortalStore, killed, kill };
}
