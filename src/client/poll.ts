import type { ErrorFrame, InstanceFrame } from "../processor/frames.ts";
import { type Clock, pause } from "../shared/clock.ts";
import { attempt } from "./attempt.ts";
import type { Fetch } from "./post.ts";
import { readRefusal } from "./read-answer.ts";
import type { RefusedAnswer } from "./transport.ts";

const interval = 5_000;

/** Options of {@link poll}. */
export interface PollOptions {
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Ends it when it aborts. */
  readonly signal: AbortSignal;
  /** Returns the address of the next request. */
  readonly address: () => string;
  /** Receives what has come. */
  readonly take: (frame: InstanceFrame | ErrorFrame) => void;
  /** When it ends, in milliseconds since 1970. */
  readonly until: number;
}

/** What asks again and again. */
export interface Polling {
  /** Resolves once a request has failed, with what the server has answered, or it is time to end. */
  readonly over: Promise<RefusedAnswer | undefined>;
  /** Makes the next request now. */
  hurry(): void;
}

/** Requests every five seconds what a stream would bring first, for pages that no stream reaches. */
export function poll({ clock, fetch, signal, address, take, until }: PollOptions): Polling {
  let wake = () => {};
  /** Whether what is on its way may be too old for whoever waits. */
  let isHurried = false;

  async function run(): Promise<RefusedAnswer | undefined> {
    do {
      isHurried = false;
      const answer = await attempt(request, { clock, signal });
      if (!Array.isArray(answer)) return answer as RefusedAnswer | undefined;
      const isOld = isHurried;
      for (const frame of answer) if (!signal.aborted) take(frame);
      if (isOld) continue;
      const early = new AbortController();
      wake = () => early.abort();
      await pause(interval, { clock, signal: AbortSignal.any([signal, early.signal]) });
    } while (!signal.aborted && clock.now() < until);
    return undefined;
  }

  async function request(
    signal: AbortSignal,
  ): Promise<readonly (InstanceFrame | ErrorFrame)[] | RefusedAnswer | undefined> {
    const response = await fetch(address(), {
      credentials: "include",
      redirect: "manual",
      signal,
    });
    const frames = response.ok && framesIn(await response.text());
    // What another page says is of no use.
    return frames || await readRefusal(response.ok ? new Response() : response, clock);
  }

  return {
    over: run(),
    hurry() {
      isHurried = true;
      wake();
    },
  };
}

/** Returns the frames that an answer brings, unless it is another page's. */
function framesIn(text: string): readonly (InstanceFrame | ErrorFrame)[] | undefined {
  try {
    const { frames } = JSON.parse(text);
    const isList = Array.isArray(frames) && frames.every((frame) => Object(frame) === frame);
    return isList ? frames : undefined;
  } catch {
    return undefined;
  }
}
