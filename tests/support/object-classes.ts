import type {
  InstanceNamespace,
  NascObject,
  NascObjectClass,
  ObjectContext,
} from "../../src/edge/mod.ts";

/** The classes of the objects of this Worker, by the first part of their names. The tests are in the same isolate. */
const classes = new Map<string, NascObjectClass>();

/** A namespace whose objects no other test has. */
export interface TestNamespace extends InstanceNamespace {
  /** The class of the objects that are made from now on. */
  objectClass: NascObjectClass;
  /** Returns what reaches the object of an instance. */
  // deno-lint-ignore no-explicit-any -- the platform's own type
  object(type: string, id: string): any;
}

/** Returns a namespace of its own for a test. */
export function namespaceOf(binding: InstanceNamespace): TestNamespace {
  const prefix = crypto.randomUUID();
  return {
    set objectClass(objectClass: NascObjectClass) {
      classes.set(prefix, objectClass);
    },
    get objectClass(): NascObjectClass {
      return classes.get(prefix)!;
    },
    idFromName: (name) => binding.idFromName(prefix + name),
    get: (id) => binding.get(id),
    object: (type, id) => binding.get(binding.idFromName(prefix + JSON.stringify([type, id]))),
  };
}

/** What the object of a test gets beside what those of `nascObject` use. */
export interface TestObjectContext extends ObjectContext {
  /** Ends the object at once, with all that it has in memory. */
  abort(reason: string): void;
}

/** Makes an object of the class that its name begins with. It knows the rest of the name only. */
export function makeTestObject(context: TestObjectContext, env: unknown): NascObject {
  const full = context.id.name;
  const start = full?.indexOf("[");
  // The platform does not tell an object a name that is too long: the class is the one that was set last.
  const prefix = full === undefined ? [...classes.keys()].at(-1)! : full.slice(0, start);
  const objectClass = classes.get(prefix);
  if (!objectClass) throw new Error(`there is no class for ${full}`);
  const own: TestObjectContext = {
    id: { name: full?.slice(start) },
    storage: context.storage,
    waitUntil: (work) => context.waitUntil(work),
    acceptWebSocket: (socket, tags = []) => context.acceptWebSocket(socket, tags),
    getWebSockets: (...tags) => context.getWebSockets(...tags),
    abort: (reason) => context.abort(reason),
  };
  return new objectClass(own, env);
}
