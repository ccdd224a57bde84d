import { type Address, addressKey } from "../processor/address.ts";
import type { Hub, News } from "../processor/mod.ts";
import { reportError } from "../processor/report-error.ts";
import type { Source } from "../processor/source.ts";
import { describe } from "../shared/describe.ts";
import type { NascOptions } from "./options.ts";

type Reporting = Pick<NascOptions, "onError">;

/** What is subscribed to. */
export interface Subscription {
  readonly source: Source;
  readonly address: Address;
  readonly listener: (news: News) => void;
}

/**
 * Returns the hub as streams use it: they live without it, by their heartbeats. What it fails with when somebody
 * subscribes or leaves is reported; what it fails with when something is published is left to the publisher.
 */
export function withoutFailures(hub: Hub, options: Reporting): Hub {
  return {
    publish: (source, news) => hub.publish(source, news),
    subscribe: (source, address, listener) =>
      subscribeTo(hub, { source, address, listener }, options) ?? (() => {}),
  };
}

/** Subscribes, and returns what leaves, which never throws; `undefined` where the hub has failed, which is reported. */
export function subscribeTo(
  hub: Hub,
  { source, address, listener }: Subscription,
  options: Reporting,
): (() => void) | undefined {
  const report = (error: unknown) =>
    reportError(error, { eventId: "hub", type: address.type, id: address.id }, options);
  const attempt = (call: () => unknown): unknown => {
    try {
      const result = call();
      if (result instanceof Promise) result.catch(report);
      return result;
    } catch (error) {
      report(error);
      return failed;
    }
  };
  const leave = attempt(() => hub.subscribe(source, address, listener));
  if (leave === failed) return undefined;
  if (typeof leave === "function") return () => void attempt(() => leave());
  report(
    new TypeError(
      `Cannot follow ${addressKey(address)}: subscribe of the hub returned ${describe(leave)}; ` +
        "make it return a function that ends the subscription",
    ),
  );
  return undefined;
}

const failed = Symbol("failed");
