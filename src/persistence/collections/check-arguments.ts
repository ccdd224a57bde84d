import { checkOptions } from "../../shared/check-options.ts";
import * as kind from "../../shared/kinds.ts";
import type { Adapter } from "../adapter/adapter.ts";
import type { PersistOptions, RetryOptions } from "./options.ts";

const adapter: kind.Kind = {
  fits: (value) =>
    kind.hasMethods(value, "get", "list", "commit") &&
    kind.record.fits((value as Partial<Adapter>).capabilities),
  cure: "an adapter, such as new MemoryStore()",
  isRequired: true,
};

const retry: kind.Kinds<RetryOptions> = {
  attempts: kind.attempts,
  // After an endless pause nobody would try again.
  minDelay: {
    ...kind.milliseconds,
    fits: (value) => kind.milliseconds.fits(value) && value !== Infinity,
  },
  maxDelay: kind.milliseconds,
};

const options: kind.Kinds<PersistOptions> = {
  debounce: kind.milliseconds,
  maxWait: kind.milliseconds,
  storageTimeout: kind.milliseconds,
  retry: kind.optionsOf(retry),
  onFailure: {
    fits: (value) => value === "keep" || value === "revert" || kind.callback.fits(value),
    cure: '"keep", "revert" or a function',
  },
  onError: kind.callback,
  onSaved: kind.callback,
  onConflict: kind.callback,
  onCleared: {
    fits: (value) => value === "stop" || value === "rewrite",
    cure: '"stop" or "rewrite"',
  },
  onProgress: kind.callback,
  onOpen: kind.callback,
  version: {
    fits: (value) => isWhole(value) || kind.record.fits(value),
    cure: "a whole number from 1 up, or an object with one for each collection",
    each: { fits: isWhole, cure: "a whole number from 1 up" },
  },
  migrate: kind.callback,
  waitUntil: kind.callback,
  signal: {
    fits: (value) => kind.hasMethods(value, "addEventListener"),
    cure: "the signal of an AbortController",
  },
  journal: {
    fits: (value) =>
      value === null || kind.hasMethods(value, "key", "getItem", "setItem", "removeItem"),
    cure: "localStorage, or null",
  },
  page: {
    fits: (value) => value === false || kind.hasMethods(value, "addEventListener"),
    cure: "a window, or false",
  },
  clock: kind.clock,
  random: kind.callback,
};

/** The arguments of `persist`, beside the target. */
export interface PersistArguments {
  readonly adapter: Adapter;
  readonly options: PersistOptions;
}

/**
 * Refuses wrong arguments of `persist`. Returns the same, with options that inherit nothing.
 *
 * @throws {TypeError} that says what to pass.
 */
export function checkArguments(values: PersistArguments): PersistArguments {
  return checkOptions("persist", values, { adapter, options: kind.optionsOf(options) });
}

function isWhole(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1;
}
