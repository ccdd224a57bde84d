import { Instance } from "../../../src/client/instance.ts";
import { post } from "../../../src/client/post.ts";
import { type SendResult, Session, type Shown } from "../../../src/client/session.ts";
import { streamsAt } from "../../../src/client/streams.ts";
import type { Address } from "../../../src/processor/address.ts";
import type { SteppedClock } from "../../support/clock.ts";
import type { User } from "./app.ts";
import { Network } from "./network.ts";
import type { ModelProcess } from "./schedule.ts";

/** An event that a page has sent, and how that ended. */
interface Sent {
  readonly mark: string;
  result: SendResult | undefined;
}

/** All of a page but its elements: the client's session and transport, on a network that loses and repeats. */
export class ClientPage {
  readonly user: User;
  readonly sent: Sent[] = [];
  readonly network: Network;
  readonly #instance: Instance;
  readonly #session: Session;
  readonly #closing = new AbortController();

  constructor(
    user: User,
    { address, processes, random, clock }: {
      readonly address: Address;
      readonly processes: readonly ModelProcess[];
      readonly random: () => number;
      readonly clock: SteppedClock;
    },
  ) {
    this.user = user;
    this.network = new Network(user, { processes, random });
    this.#instance = new Instance(address);
    const { EventSource, fetch } = this.network;
    const waiting = { clock, random: () => 0.5, signal: this.#closing.signal };
    this.#session = new Session(this.#shown, {
      ...waiting,
      transport: {
        send: (message, signal) => post("/nasc/event", message, { clock, fetch, signal }),
        follow: streamsAt("/nasc", { ...waiting, EventSource, fetch }),
      },
      onError: () => {},
    });
    this.#session.refresh();
  }

  /** What the page shows. */
  get held(): Instance["shown"] {
    return this.#instance.shown;
  }

  get isWaiting(): boolean {
    return this.sent.some(({ result }) => !result);
  }

  send(event: string, payload: { readonly mark: string }): void {
    const sent: Sent = { mark: payload.mark, result: undefined };
    this.sent.push(sent);
    void this.#session.send(this.#instance.address, event, payload)
      .then((result) => sent.result = result);
  }

  close(): void {
    this.#closing.abort();
    this.#session.close();
    this.network.break();
  }

  get #shown(): Shown {
    const all = [this.#instance];
    let isNew = true;
    return {
      all,
      refresh: () => isNew && !(isNew = false),
      instance: () => this.#instance,
      instances: () => all,
      hide: (instance) => instance.hide(),
      settle: () => this.#instance.settle(),
      show: () => {},
      clearErrors: () => {},
      tell: () => {},
      showError: () => true,
      tellSender: () => {},
      dispatch: () => {},
    };
  }
}
