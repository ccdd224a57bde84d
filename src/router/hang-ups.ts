import { addressKey } from "../processor/address.ts";
import { hangUpAddress as address } from "../processor/hub.ts";
import type { Hub, News } from "../processor/mod.ts";
import { reportError } from "../processor/report-error.ts";
import { userKeysOf } from "../processor/user-key.ts";
import { describe } from "../shared/describe.ts";
import { own } from "../shared/own.ts";
import { subscribeTo } from "./failing-hub.ts";
import type { NascOptions } from "./options.ts";

/** The keys of users who were hung up belong to no storage. */
const source = "_nasc";

/** What {@link HangUps} knows of the options of a Nasc. */
export interface HangUpOptions {
  readonly onError?: NascOptions["onError"];
  /** Whether streams are those of users, here or elsewhere. */
  readonly knowsUsers: boolean;
}

/** Tells the streams of a Nasc, and of all others on its hub, whose streams are to end. */
export class HangUps {
  readonly #hub: Hub;
  readonly #options: HangUpOptions;
  readonly #listeners = new Set<(userKey: string) => void>();
  #leave: (() => void) | undefined;

  constructor(hub: Hub, options: HangUpOptions) {
    this.#hub = hub;
    this.#options = options;
  }

  /** Calls the listener with the key of every user who is hung up, until the returned function is called. */
  listen(listener: (userKey: string) => void): () => void {
    // One subscription for all users: whose stream it is, is known only after the first news could come.
    // A hub that has failed is asked again for the next stream.
    this.#leave ??= subscribeTo(
      this.#hub,
      { source, address, listener: (news) => this.#hear(news) },
      this.#options,
    );
    this.#listeners.add(listener);
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.#leave?.();
      this.#leave = undefined;
    };
  }

  /**
   * Ends all streams of a user.
   *
   * @param name What `identify` returns of the user, or the key made of that.
   * @throws {TypeError} if that names nobody, or no stream can have a user
   * @throws whatever the hub throws; the streams of this process have ended all the same
   */
  async hangUp(name: string): Promise<void> {
    if (typeof name !== "string" || name === "-") {
      throw new TypeError(
        `Cannot hang up ${
          describe(name)
        }: that is nobody; pass what identify returns of a user, such as its id`,
      );
    }
    if (!this.#options.knowsUsers) {
      throw new TypeError(
        `Cannot hang up ${describe(name)}: no stream has a user; create Nasc with the option user`,
      );
    }
    const users = await userKeysOf(name);
    for (const user of users) this.#tell(user);
    // A hub between processes may be async.
    for (const user of users) await this.#hub.publish(source, { kind: "hangUp", ...address, user });
  }

  #hear(news: News): void {
    const heard = own(news);
    if (heard.kind === "hangUp" && typeof heard.user === "string") return this.#tell(heard.user);
    const problem = new TypeError(
      `Cannot hang up a user: the hub brought ${describe(news)} to ${addressKey(address)}; ` +
        "make it hand on news with every field",
    );
    reportError(problem, { eventId: "hub" }, this.#options);
  }

  #tell(userKey: string): void {
    for (const listener of [...this.#listeners]) listener(userKey);
  }
}
