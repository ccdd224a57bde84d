import type { Adapter, Store, Version, Write } from "../persistence/adapter.ts";
import { address } from "./hub.ts";

/** The state of one instance, as it was read. */
export interface StoredInstance {
  readonly state: object;
  /** How many times the instance has changed, from 1. */
  readonly rev: number;
  /** What a conditional write compares with; `undefined` where the store cannot. */
  readonly version: Version | undefined;
}

/** One instance's part of a commit. */
export interface InstanceChange {
  readonly type: string;
  readonly id: string;
  /** What was read before, or `undefined` for a new instance. */
  readonly before: StoredInstance | undefined;
  readonly state: object;
  readonly rev: number;
  readonly diff: Record<string, unknown>;
}

/** How the processor reads and writes instances, whatever holds them. */
export interface Instances {
  /** Whether `commit` notices that somebody else has written in between, and throws a `ConflictError`. */
  readonly conditional: boolean;
  /** The adapter underneath, where there is one. */
  readonly adapter: Adapter | undefined;
  read(type: string, id: string): Promise<StoredInstance | undefined>;
  /** Writes the changes, and the entries beside them, all or none. */
  commit(changes: readonly InstanceChange[], beside: readonly Write[]): Promise<void>;
}

/** Instances as the entries of an adapter; the revision is kept as metadata beside the state. */
export function adapterInstances(adapter: Adapter): Instances {
  const conditional = adapter.capabilities.conditional !== "none";
  return {
    conditional,
    adapter,
    async read(type, id) {
      const entry = await adapter.get(type, id);
      if (!entry) return undefined;
      const rev = (entry.metadata as { rev?: number } | undefined)?.rev ?? 0;
      return { state: entry.value as object, rev, version: entry.version };
    },
    async commit(changes, beside) {
      const writes = changes.map(({ type, id, before, state, rev }): Write => ({
        type,
        key: id,
        value: state,
        metadata: { rev },
        ...(conditional && { ifVersion: before?.version ?? null }),
      }));
      await adapter.commit([...writes, ...beside]);
    },
  };
}

/**
 * Instances in a plain store, which knows no revisions: they are counted here, from when this process first
 * saw the instance.
 */
export function storeInstances(store: Store): Instances {
  const revisions = new Map<string, number>();
  return {
    conditional: false,
    adapter: undefined,
    async read(type, id) {
      const state = await store.load(type, id);
      if (state === null || state === undefined) return undefined;
      return { state, rev: revisions.get(address(type, id)) ?? 1, version: undefined };
    },
    async commit(changes) {
      if (changes.length > 1) {
        const names = changes.map(({ type, id }) => `${type}/${id}`).join(" and ");
        throw new Error(
          `Cannot commit ${names} together: the store has only load and persist; use an adapter`,
        );
      }
      for (const { type, id, diff, state, rev } of changes) {
        await store.persist(type, id, diff, state);
        revisions.set(address(type, id), rev);
      }
    },
  };
}
