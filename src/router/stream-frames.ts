import type { Env } from "hono";
import { NascError } from "../processor/errors.ts";
import { defaultReceiptTtl } from "../processor/receipts.ts";
import { reportError } from "../processor/report-error.ts";
import type { Encoded } from "./encoded.ts";
import type { NascOptions } from "./options.ts";
import type { Protocol } from "./protocol.ts";
import type { Sight } from "./sight.ts";
import type { StreamLife } from "./stream-life.ts";
import type { Viewer } from "./viewer.ts";

const defaultHeartbeat = 15_000;
/** The codes of errors after which the page opens another stream. */
const reopening: readonly string[] = ["newer-state", "unauthorized"];

/** A stream, however it travels. */
export interface StreamOptions<E extends Env> {
  readonly options: NascOptions<E>;
  readonly viewer: Viewer;
  readonly life: StreamLife<E>;
  readonly protocol: Protocol;
  /** The stream's token. */
  readonly token: string;
  /** Returns what is seen before the first change; called when it is about to be sent. */
  readonly first?: () => Iterable<Sight>;
}

/** Yields all that a stream says, each when the one before was taken, and ends the stream where it ends. */
export async function* framesOf<E extends Env>(
  { options, viewer, life, protocol, token, first = () => [] }: StreamOptions<E>,
): AsyncGenerator<Encoded> {
  const { heartbeat = defaultHeartbeat, receiptTtl = defaultReceiptTtl } = options;
  try {
    yield protocol.hello({ heartbeat, stream: token, receiptTtl });
    for (const sight of first()) {
      const encoded = protocol.sight(sight);
      if (encoded) yield encoded;
    }
    for await (const sight of viewer.follow(heartbeat)) {
      const encoded = sight ? protocol.sight(sight) : protocol.beat();
      if (encoded) yield encoded;
    }
  } catch (error) {
    // Only newer processes can show the state, or its page has to be asked again who it is.
    if (error instanceof NascError && reopening.includes(error.code)) life.end("reopen");
    // The page reconnects and gets snapshots. What went wrong is not for it to know.
    else reportError(error, { eventId: "stream" }, options);
  } finally {
    life.end();
  }
  if (life.last) yield protocol.farewell(life.last);
}
