import { streamsAt } from "../../../src/client/streams.ts";
import { Instance } from "../../../src/client/instance.ts";
import { post } from "../../../src/client/post.ts";
import { type SendResult, Session, type Shown } from "../../../src/client/session.ts";
import type { Address } from "../../../src/processor/address.ts";
import type { SteppedClock } from "../../support/clock.ts";
import { ModelNetwork } from "./network.ts";
import type { ModelServer } from "./server.ts";

/** The result of an event that a page has sent. */
interface Sent {
  readonly mark: string;
  result: SendResult | undefined;
}

/** All of a page but what is seen of it: its session, its transport, and its copies of two instances. */
export class ModelPage {
  readonly network: ModelNetwork;
  readonly sent: Sent[] = [];
  readonly #instances: readonly Instance[];
  readonly #session: Session;
  readonly #closing = new AbortController();

  constructor(
    server: ModelServer,
    { number, clock, isStreaming }: {
      readonly number: number;
      readonly clock: SteppedClock;
      readonly isStreaming: boolean;
    },
  ) {
    this.network = new ModelNetwork(server, number);
    this.#instances = ["a", "b"].map((id) => new Instance({ type: "T", id }));
    const waiting = { clock, random: () => 0.5, signal: this.#closing.signal };
    const { EventSource, fetch } = this.network;
    this.#session = new Session(this.#shown, {
      ...waiting,
      transport: {
        send: (message, signal) => post("/event", message, { clock, fetch, signal }),
        ...(isStreaming && { follow: streamsAt("/stream", { ...waiting, EventSource, fetch }) }),
      },
      onError: () => {},
    });
    this.#session.refresh();
  }

  /** Returns what the page shows of an instance. */
  shown(id: string): Instance["shown"] {
    return this.#at({ id })?.shown;
  }

  /** Asks again for what was refused, as a page does that comes back. */
  refresh(): void {
    this.#session.refresh();
  }

  /** Sends an event. */
  send(id: string, event: string, mark: string): void {
    const sent: Sent = { mark, result: undefined };
    this.sent.push(sent);
    this.#session.send({ type: "T", id }, event, { mark }).then((result) => sent.result = result);
  }

  close(): void {
    this.#closing.abort();
    this.#session.close();
  }

  get #shown(): Shown {
    let isNew = true;
    return {
      all: this.#instances,
      refresh: () => isNew && !(isNew = false),
      instance: (address) => this.#at(address),
      instances: (addresses) => addresses.map((address) => this.#at(address)!),
      hide: (instance) => instance.hide(),
      settle: () => this.#instances.forEach((instance) => instance.settle()),
      show: () => {},
      clearErrors: () => {},
      tell: () => {},
      showError: () => true,
      tellSender: () => {},
      dispatch: () => {},
    };
  }

  #at({ id }: Pick<Address, "id">): Instance | undefined {
    return this.#instances.find(({ address }) => address.id === id);
  }
}
