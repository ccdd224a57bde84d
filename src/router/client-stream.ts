import type { Context, Env } from "hono";
import { type Address, addressKey } from "../processor/address.ts";
import { patchesOf } from "../processor/answer.ts";
import { type Frame, maxFollowed } from "../processor/message.ts";
import { NascError, type Patch, type ProcessContext } from "../processor/mod.ts";
import { fail, type Outcome } from "../processor/outcome.ts";
import { assertPermitted } from "../processor/permission.ts";
import { askAuthorize } from "./authorize.ts";
import { askLimit } from "./limit.ts";
import { ObjectAnswer } from "./objects/object-answer.ts";
import type { NascOptions } from "./options.ts";
import type { Opened } from "./home.ts";
import type { Viewer } from "./viewer.ts";

/** What a message of the first Nasc's client ended in, and how it named its instance. */
export interface Shown extends Address {
  /** The instance as the page calls it: `"Type:id"`, or the id alone. */
  readonly name: string;
  readonly outcome: Outcome | ObjectAnswer;
  /** The key of the user who sent the message; `undefined` where that was refused. */
  readonly userKey: string | undefined;
}

/** Options of {@link ClientStream}. */
export interface ClientStreamOptions<E extends Env> {
  readonly context: Context<E>;
  readonly outside: ProcessContext;
  readonly viewer: Viewer;
  /** The key of the user whose stream it is. */
  readonly userKey: string;
  readonly options: NascOptions<E>;
  /** Resolves when the stream is to end. */
  readonly over: Promise<void>;
}

/** A stream of a page with the first Nasc's client, which follows what the page has sent messages to. */
export class ClientStream<E extends Env> {
  readonly #parts: ClientStreamOptions<E>;
  /** What the page calls the instances that it follows, by the keys of their addresses. */
  readonly #names = new Map<string, { readonly address: Address; readonly names: Set<string> }>();
  readonly #adding = new Map<string, Promise<Opened>>();

  constructor(parts: ClientStreamOptions<E>) {
    this.#parts = parts;
  }

  /** Shows what a message ended in, and from then on what changes, as far as the stream's own request may see it. */
  async show({ type, id, name, outcome, userKey }: Shown): Promise<void> {
    const { viewer, over } = this.#parts;
    // Whoever sent the message does not wait for a stream that has ended.
    const follow = () => Promise.race([this.#follow({ type, id }, name), over]);
    if (outcome.ok && await follow()) return;
    // Another user has signed in since, and what they may see is not for this stream.
    if (userKey !== undefined && userKey !== this.#parts.userKey) return;
    // The sender may see what its own event changed, whether or not the stream may follow the instance.
    const said = outcome instanceof ObjectAnswer ? outcome.body.patches ?? [] : patchesOf(outcome);
    const patches = said.map((patch) => ({ ...patch, instance: name }));
    viewer.say({ kind: "said", type, id: name, patches });
  }

  /** Returns the patches of a frame, as the page calls their instance. */
  patchesOf({ type, instance, patches }: Frame): Patch[] {
    const names = this.#names.get(addressKey({ type, id: instance }))?.names ?? [instance];
    return [...names].flatMap((name) => patches.map((patch) => ({ ...patch, instance: name })));
  }

  /** Follows an instance, and returns whether it does. */
  async #follow(address: Address, name: string): Promise<boolean> {
    const { viewer } = this.#parts;
    const key = addressKey(address);
    const { names } = this.#names.get(key) ?? { names: new Set() };
    this.#names.set(key, { address, names: names.add(name) });
    const { ok } = viewer.follows(address) ? { ok: true } : await this.#add(address);
    for (const [other, { address }] of this.#names) {
      if (!viewer.follows(address) && !this.#adding.has(other)) this.#names.delete(other);
    }
    return ok;
  }

  async #add(address: Address): Promise<Opened> {
    const key = addressKey(address);
    const adding = this.#adding.get(key) ?? this.#authorized(address);
    this.#adding.set(key, adding);
    const added = await adding;
    this.#adding.delete(key);
    return added;
  }

  async #authorized(address: Address): Promise<Opened> {
    const { context, outside, viewer, options } = this.#parts;
    const eventId = crypto.randomUUID();
    try {
      if (this.#names.size > maxFollowed) {
        throw new NascError("invalid-message", `A stream follows at most ${maxFollowed} instances`);
      }
      const { user } = outside;
      const demand = { kind: "stream", count: 1, ...address, user } as const;
      assertPermitted(await askLimit(context, options, demand));
      assertPermitted(await askAuthorize(context, options, { ...address, event: "mount" }));
      return await viewer.add(address, { context: outside });
    } catch (error) {
      return fail(error, { eventId, ...address }, options);
    }
  }
}
