import type { Adapter, Store, Write } from "../persistence/adapter/adapter.ts";
import { addressKey } from "../processor/address.ts";
import { type InstanceStore, isAdapter, isDb } from "../processor/open-instances.ts";
import { own } from "../shared/own.ts";
import type { Persisted } from "./sent.ts";

/** What an event has read from a store, and written to it. */
export interface Recording {
  /** The states as they were read last, by the keys of their addresses. */
  readonly read: Map<string, unknown>;
  /** What was written, in order; `undefined` where the store does not show it. */
  readonly written: Persisted[] | undefined;
}

/** Returns a store that notes what is read from another one, and written to it. A db and a map do not show that. */
export function recordedStore(
  store: InstanceStore,
): { readonly store: InstanceStore; readonly recording: Recording } {
  if (store instanceof Map || isDb(store)) {
    return { store, recording: { read: new Map(), written: undefined } };
  }
  const written: Persisted[] = [];
  const recording = { read: new Map<string, unknown>(), written };
  const recorded = isAdapter(store)
    ? adapterMembers(store, recording)
    : storeMembers(store, recording);
  // A class that keeps private members can only be called on its own instances.
  const proxy = new Proxy<Store>(store, {
    get(target, name) {
      if (Object.hasOwn(recorded, name)) return recorded[name as string];
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return { store: proxy, recording };
}

type Written = Recording & { readonly written: Persisted[] };

function storeMembers(store: Store, { read, written }: Written): Record<string, unknown> {
  return {
    // The process knows the store by its identity, which is not this recording's.
    source: store.source ?? store,
    async load(type: string, id: string) {
      const state: unknown = await store.load(type, id);
      read.set(addressKey({ type, id }), structuredClone(state ?? undefined));
      return state;
    },
    async persist(...[type, id, diff, full]: Parameters<Store["persist"]>) {
      const value: unknown = structuredClone(full);
      await store.persist(type, id, diff, full);
      written.push({ type, key: id, value });
    },
  };
}

function adapterMembers(adapter: Adapter, { read, written }: Written): Record<string, unknown> {
  return {
    source: adapter.source ?? adapter,
    async get(...[type, key]: Parameters<Adapter["get"]>) {
      const entry = await adapter.get(type, key);
      if (typeof key === "string") read.set(addressKey({ type, id: key }), entry?.value);
      return entry;
    },
    async commit(writes: readonly Write[]) {
      const versions = await adapter.commit(writes);
      written.push(...writes.flatMap(persisted));
      return versions;
    },
  };
}

/** Returns what a write has left behind. The versions that it compared are of no interest. */
function persisted(write: Write): Persisted[] {
  if ("check" in write) return [];
  const { type, key } = write;
  if ("delete" in write) return [{ type, key, delete: true }];
  const { value, metadata, ttl } = own(write);
  return [{
    type,
    key,
    value: structuredClone(value),
    ...(metadata !== undefined && { metadata: structuredClone(metadata) }),
    ...(ttl !== undefined && { ttl }),
  }];
}
