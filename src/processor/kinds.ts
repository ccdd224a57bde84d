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

/** How long something may take; `Infinity` is forever. */
const deadline: kind.Kind = {
  fits: (value) => kind.milliseconds.fits(value) && value !== 0,
  cure: kind.duration.cure,
};

/** The kinds of the options that a processor has in common with its router. */
export const sharedKinds: kind.Kinds<
  Pick<
    ProcessorOptions,
    | "schemaProvider"
    | "hub"
    | "onError"
    | "identify"
    | "receiptTtl"
    | "storageTimeout"
    | "handlerTimeout"
    | "lastWriteWins"
    | "clock"
  >
> = {
  schemaProvider: {
    fits: (value) => kind.record.fits(value) || kind.callback.fits(value),
    cure: "an object with a schema for each type, or a function",
  },
  hub: {
    fits: (value) => kind.hasMethods(value, "publish", "subscribe"),
    cure: "a hub, such as new MemoryHub()",
  },
  onError: kind.callback,
  identify: kind.callback,
  receiptTtl: kind.duration,
  storageTimeout: deadline,
  handlerTimeout: deadline,
  lastWriteWins: kind.flag,
  clock: kind.clock,
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
