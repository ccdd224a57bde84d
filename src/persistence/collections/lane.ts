import type { Adapter } from "../adapter/adapter.ts";

const lanes: WeakMap<Adapter, Lane> = new WeakMap();

/** Runs one job after the other: whoever writes to an adapter shares its lane, so that one commit is under way at a time. */
export class Lane {
  #last: Promise<unknown> = Promise.resolve();

  /** The lane of an adapter. */
  static of(adapter: Adapter): Lane {
    let lane = lanes.get(adapter);
    if (lane === undefined) lanes.set(adapter, lane = new Lane());
    return lane;
  }

  /** Runs a job when those before it are done, whether or not they failed. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last.then(job);
    this.#last = result.catch(() => {});
    return result;
  }
}
