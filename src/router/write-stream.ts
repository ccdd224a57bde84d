import type { Env } from "hono";
import { defaultReceiptTtl } from "../processor/engine.ts";
import { NascError } from "../processor/errors.ts";
import { reportError } from "../processor/report-error.ts";
import { type Clock, pause, systemClock } from "../shared/clock.ts";
import type { Encoded } from "./encoded.ts";
import type { NascOptions } from "./options.ts";
import type { Protocol } from "./protocol.ts";
import type { Sight } from "./sight.ts";
import type { StreamLife } from "./stream-life.ts";
import type { Viewer } from "./viewer.ts";

const defaultHeartbeat = 15_000;
const longestFarewell = 5_000;

/** What takes a stream to its reader. */
export interface StreamSink {
  /** Takes something once there is room for more, so that a slow reader holds no memory. */
  write(encoded: Encoded): Promise<unknown>;
  /** Gives up a reader that does not take what comes last. */
  cut(): void;
}

/** Options of {@link writeStream}. */
export interface WriteStreamOptions<E extends Env> {
  readonly options: NascOptions<E>;
  readonly viewer: Viewer;
  readonly life: StreamLife<E>;
  readonly protocol: Protocol;
  /** The stream's token. */
  readonly token: string;
  /** Returns what is seen before the first change; called when it is about to be sent. */
  readonly first?: () => Iterable<Sight>;
}

/** Writes what a viewer sees for as long as the stream lives, and ends the stream if that fails. Never rejects. */
export async function writeStream<E extends Env>(
  sink: StreamSink,
  { options, viewer, life, protocol, token, first = () => [] }: WriteStreamOptions<E>,
): Promise<void> {
  const { heartbeat = defaultHeartbeat, receiptTtl = defaultReceiptTtl, clock = systemClock } =
    options;
  const show = async (sight: Sight): Promise<void> => {
    const encoded = protocol.sight(sight);
    if (encoded) await sink.write(encoded);
  };
  const written = new AbortController();
  void life.watch();
  void cutOff(sink, life, { clock, signal: written.signal });
  try {
    await sink.write(protocol.hello({ heartbeat, stream: token, receiptTtl }));
    for (const sight of first()) await show(sight);
    for await (const sight of untilNewer(viewer, life, heartbeat)) {
      if (sight) await show(sight);
      else await sink.write(protocol.beat());
    }
    if (life.last) await sink.write(protocol.farewell(life.last));
  } catch (error) {
    // The page reconnects and gets snapshots. What went wrong is not for it to know.
    reportError(error, { eventId: "stream" }, options);
  } finally {
    written.abort();
    life.end();
  }
}

/** Yields what a viewer sees, and ends the stream at a state that only newer processes can show. */
async function* untilNewer(
  viewer: Viewer,
  life: { readonly end: (last: "reopen") => void },
  heartbeat: number,
): AsyncGenerator<Sight | undefined> {
  try {
    yield* viewer.follow(heartbeat);
  } catch (error) {
    if (!(error instanceof NascError && error.code === "newer-state")) throw error;
    life.end("reopen");
  }
}

async function cutOff(
  sink: StreamSink,
  life: { readonly over: Promise<void> },
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  await life.over;
  await pause(longestFarewell, { clock, signal });
  if (!signal.aborted) sink.cut();
}
