import { type DenoKvBinding, denoKvKind } from "../../../adapters/_deno-kv/binding.ts";
import { reportError } from "../../processor/report-error.ts";
import { checkOptions } from "../../shared/check-options.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import * as kind from "../../shared/kinds.ts";
import { ChannelHub } from "./channel-hub.ts";
import { DenoKvNotes } from "./deno-kv-notes.ts";
import { type ClosableHub, hubOptionKinds, type HubOptions } from "./hub-options.ts";

/** Options of {@link denoKvHub}. */
export interface DenoKvHubOptions extends HubOptions {
  /** The first parts of the hub's keys; `["rian"]` by default, as those of `DenoKvStore`. */
  readonly prefix?: readonly string[];
  /**
   * After how many milliseconds the hub looks for news again. Unless given, `kv.watch` says when there are any: on Deno
   * Deploy in all isolates, but of a local file in this process only.
   */
  readonly poll?: number;
  /** Times the pauses; for tests. */
  readonly clock?: Clock;
  /** Returns a number from 0 to below 1, for the pauses while a file is locked; for tests. */
  readonly random?: () => number;
}

const optionKinds: kind.Kinds<DenoKvHubOptions> = {
  ...hubOptionKinds,
  prefix: { fits: Array.isArray, cure: 'a list of strings, such as ["rian"]', each: kind.text },
  poll: kind.duration,
  clock: kind.clock,
  random: kind.callback,
};

/**
 * Makes a hub of Deno KV, for all isolates on Deno Deploy and, with `poll`, for the processes that have opened one file.
 * News are notes in the database that stay for a minute; each event leaves one, in a commit of its own.
 *
 * @example In Deno
 * ```ts ignore
 * import { DenoKvStore } from "rian/deno-kv";
 * import { denoKvHub } from "rian/edge";
 * import { nasc } from "rian/hono";
 *
 * const kv = await Deno.openKv();
 * using hub = denoKvHub(kv); // processes on one local file: denoKvHub(kv, { poll: 50 })
 * nasc({ handlers, store: new DenoKvStore(kv), hub, authorize, hosts });
 * ```
 *
 * @throws {TypeError} if an option is missing, misspelt or not what it should be, or `kv` is the client for Node
 */
export function denoKvHub(kv: DenoKvBinding, options: DenoKvHubOptions = {}): ClosableHub {
  const checked = checkOptions("make a hub of Deno KV", { kv, options }, {
    kv: denoKvKind,
    options: kind.optionsOf(optionKinds),
  }).options;
  if (!kind.hasMethods(kv, "commitVersionstamp", "watch")) {
    throw new TypeError(
      "Cannot make a hub of Deno KV: this client has no commitVersionstamp, which keeps news in " +
        "order; use a Deno.Kv",
    );
  }
  const { prefix = ["rian"], poll, clock = systemClock, random = Math.random } = checked;
  const report = (error: unknown) => reportError(error, { eventId: "hub" }, checked);
  return new ChannelHub(new DenoKvNotes(kv, { prefix, poll, clock, random, report }), checked);
}
