import { tagOf } from "../shared/describe.ts";
import * as kind from "../shared/kinds.ts";
import { handlerProblem, handlersProblem, isNamesObject } from "./check-handlers.ts";
import type { ProcessContext, ProcessorOptions } from "./options.ts";

/** The kind of a handler. */
export const handlerKind: kind.Kind = {
  fits: isNamesObject,
  cure: "an object with a function of its own for each event",
  isRequired: true,
  problem: handlerProblem,
};

/** The kind of handlers by type. */
export const handlersKind: kind.Kind = {
  fits: isNamesObject,
  cure: "an object with a handler for each type",
  isRequired: true,
  problem: handlersProblem,
  each: handlerKind,
};

/** The kind of anything that can hold instances. */
export const storeKind: kind.Kind = {
  fits: (value) =>
    value instanceof Map || kind.hasMethods(value, "load", "persist") ||
    kind.hasMethods(value, "transaction"),
  cure:
    "an adapter, such as new MemoryStore(), a store with load and persist, a Ramify db or a Map",
  isRequired: true,
};

/** The kinds of the options that a processor has in common with its router. */
export const sharedKinds: kind.Kinds<
  Pick<
    ProcessorOptions,
    | "schemaProvider"
    | "identify"
    | "hub"
    | "lastWriteWins"
    | "receiptTtl"
    | "history"
    | "storageTimeout"
    | "handlerTimeout"
    | "onError"
    | "clock"
    | "random"
  >
> = {
  schemaProvider: {
    fits: (value) => kind.record.fits(value) || kind.callback.fits(value),
    cure: "an object with a schema for each type, or a function",
  },
  identify: kind.callback,
  hub: {
    fits: (value) => kind.hasMethods(value, "publish", "subscribe"),
    cure: "a hub, such as new MemoryHub()",
  },
  lastWriteWins: kind.flag,
  receiptTtl: kind.duration,
  history: kind.flag,
  storageTimeout: kind.deadline,
  handlerTimeout: kind.deadline,
  onError: kind.callback,
  clock: kind.clock,
  random: kind.callback,
};

/** The kinds of what a caller says of the sender. */
export const contextKind: kind.Kind = kind.optionsOf<ProcessContext>({
  user: kind.anything,
  env: kind.anything,
  signal: { fits: (value) => tagOf(value) === "AbortSignal", cure: "an AbortSignal" },
  waitUntil: kind.callback,
  mayCreate: kind.callback,
  maySeeSchema: kind.callback,
});
