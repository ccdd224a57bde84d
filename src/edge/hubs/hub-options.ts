import type { Hub, ProcessorOptions, Source } from "../../processor/mod.ts";
import * as kind from "../../shared/kinds.ts";

/** A hub that holds something open. */
export interface ClosableHub extends Hub {
  /** Listens and sends no more. From then on, the hub serves this process alone. */
  close(): void;
  /** Does the same. */
  [Symbol.dispose](): void;
}

/** What hubs between processes have in common. */
export interface HubOptions {
  /**
   * Returns the name of a storage, the same in all processes. Unless given, a source that is a text is its own name, and
   * all others have one name: news of one storage then make streams of the others look into theirs, and what is
   * broadcast stays in its process.
   */
  readonly nameOf?: (source: Source) => string;
  /** Receives what a hub fails with while nobody waits for it. Unless given, that is logged. */
  readonly onError?: NonNullable<ProcessorOptions["onError"]>;
}

/** The kinds of {@link HubOptions}. */
export const hubOptionKinds: kind.Kinds<HubOptions> = {
  nameOf: kind.callback,
  onError: kind.callback,
};

/** Returns the name of a storage, where the app says nothing else. */
export function defaultName(source: Source): string {
  return typeof source === "string" ? source : "";
}
