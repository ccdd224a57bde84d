import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { DurableObjectStore } from "../../adapters/durable-object.ts";
import { type Handlers, MemoryStore } from "../../mod.ts";
import { type InstanceNamespace, nascObject, type NascObjectOptions } from "../../src/edge/mod.ts";
import type { Write } from "../../src/persistence/adapter/adapter.ts";
import { attachNasc, type NascOptions } from "../../src/router/mod.ts";
import { namespaceOf, type TestNamespace } from "../support/object-classes.ts";

/** Returns a namespace whose objects no other test has. */
export function newNamespace(): TestNamespace {
  return namespaceOf(env.NASC as InstanceNamespace);
}

/** Options of {@link objectApp}. */
export interface ObjectAppOptions extends Omit<Partial<NascOptions>, "handlers"> {
  readonly handlers: Handlers;
  readonly namespace?: TestNamespace;
  /** Options of the class of the objects. */
  readonly object?: Partial<NascObjectOptions>;
}

/** Returns an app with the routes under /nasc, over objects, and their namespace. */
export function objectApp(
  { handlers, object, namespace = newNamespace(), ...options }: ObjectAppOptions,
): { readonly app: Hono; readonly namespace: TestNamespace } {
  namespace.objectClass = nascObject({ handlers, onError: () => {}, ...object });
  const app = new Hono();
  attachNasc({
    app,
    handlers,
    instances: () => namespace,
    authorize: "everyone",
    hosts: "any",
    onError: () => {},
    ...options,
  });
  return { app, namespace };
}

/** Reads and writes what is stored in the objects of a namespace, past them. */
export class ObjectsStore extends MemoryStore {
  readonly #namespace: TestNamespace;

  constructor(namespace: TestNamespace) {
    super();
    this.#namespace = namespace;
  }

  override load(type: string, id: string): ReturnType<MemoryStore["load"]> {
    return this.#in(type, id, (store) => store.load(type, id));
  }

  override get(type: string, key: string): ReturnType<MemoryStore["get"]> {
    return this.#in(type, key, (store) => store.get(type, key));
  }

  override persist(
    type: string,
    id: string,
    diff: Record<string, unknown>,
    full: unknown,
  ): Promise<void> {
    return this.#in(type, id, (store) => store.persist(type, id, diff, full));
  }

  override commit(writes: readonly Write[]): ReturnType<MemoryStore["commit"]> {
    const [{ type, key }] = writes as [Write];
    return this.#in(type, String(key), (store) => store.commit(writes));
  }

  #in<Result>(
    type: string,
    id: string,
    call: (store: DurableObjectStore) => Promise<Result>,
  ): Promise<Result> {
    return runInDurableObject(this.#namespace.object(type, id), (_object, { storage }) => {
      return call(new DurableObjectStore(storage));
    });
  }
}
