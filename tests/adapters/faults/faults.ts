/** When a call fails: before the platform has done anything, or after it, when only the result is lost. */
export type Moment = "before" | "after";

/** Which calls fail, and when, by their number from 1. */
export type Schedule = (call: number) => Moment | undefined;

/** Returns the schedule of one fault. */
export function failOnce(failing: number, moment: Moment): Schedule {
  return (call) => call === failing ? moment : undefined;
}

/** A platform some of whose calls fail. */
export interface Faulty<Platform> {
  readonly platform: Platform;
  /** How many calls were made. */
  readonly calls: () => number;
}

/**
 * Wraps a platform so one of its calls throws; calls on what it returns, such as statements, count too.
 *
 * @param failing The number of the failing call, from 1.
 */
export function withFault<Platform extends object>(
  platform: Platform,
  { failing, moment }: { failing: number; moment: Moment },
): Faulty<Platform> {
  return withFaults(platform, failOnce(failing, moment));
}

/** The same for calls that fail by a schedule. */
export function withFaults<Platform extends object>(
  platform: Platform,
  schedule: Schedule,
): Faulty<Platform> {
  let calls = 0;

  function call(method: (...values: unknown[]) => unknown, target: object, values: unknown[]) {
    const moment = schedule(++calls);
    if (moment === "before") throw new Error("injected fault");
    const result = method.apply(target, values.map(unwrap));
    if (moment === undefined) {
      return result instanceof Promise || isCursor(result) ? result : wrap(result);
    }
    if (!(result instanceof Promise)) {
      if (isCursor(result)) result.toArray();
      throw new Error("injected fault");
    }
    return result.then(() => {
      throw new Error("injected fault");
    });
  }

  const targets = new WeakMap<object, object>();
  function unwrap(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(unwrap);
    return targets.get(value as object) ?? value;
  }
  function wrap<Value>(target: Value): Value {
    if (typeof target !== "object" || target === null || Array.isArray(target)) return target;
    const proxy = new Proxy(target, {
      get(_, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return wrap(member);
        const method = member as (...values: unknown[]) => unknown;
        return (...values: unknown[]) => call(method, target, values);
      },
    });
    targets.set(proxy, target);
    return proxy;
  }

  return { platform: wrap(platform), calls: () => calls };
}

/** A Durable Object's cursor locks its table until it was read to its end, so reading it must not fail. */
function isCursor(result: unknown): result is { toArray(): unknown } {
  return typeof (result as { toArray?: unknown } | undefined)?.toArray === "function";
}
