import { type Backend, bulkSize, contender, isBulk, operations } from "./contender.ts";

/**
 * Counts the calls to a platform that answer with a promise, each of which is a round trip, and says how many each
 * operation makes.
 */
export async function countedTrips<Platform extends object>(
  platform: Platform,
  open: (platform: Platform) => Record<string, Backend>,
): Promise<string> {
  const { counting, trips } = count(platform);
  const lines: string[] = [];
  for (const [name, backend] of Object.entries(open(counting))) {
    const each: string[] = [];
    for (const operation of operations) {
      const times = isBulk(operation) ? bulkSize : 1;
      const one = contender(name, backend);
      await one.fill(operation === "load" ? 0 : times);
      const before = trips();
      if (await one.run(operation, times) === undefined) continue;
      each.push(`${operation} ${trips() - before}`);
    }
    lines.push(`Round trips, ${name}: ${each.join(", ")}`);
  }
  return `\n${lines.join("\n\n")}`;
}

/** An iterator makes its round trips unseen; it counts as one, and may be many. */
function isIterator(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function count<Platform extends object>(
  platform: Platform,
): { counting: Platform; trips: () => number } {
  let trips = 0;
  const targets = new WeakMap<object, object>();
  const unwrap = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(unwrap) : targets.get(value as object) ?? value;

  function wrap<Value>(target: Value): Value {
    if (typeof target !== "object" || target === null || Array.isArray(target)) return target;
    if (isIterator(target)) return target;
    const proxy = new Proxy(target, {
      get(_, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return (...values: unknown[]) => {
          const result: unknown = member.apply(target, values.map(unwrap));
          if (result instanceof Promise || isIterator(result)) trips++;
          return result instanceof Promise ? result : wrap(result);
        };
      },
    });
    targets.set(proxy, target);
    return proxy;
  }

  return { counting: wrap(platform), trips: () => trips };
}
