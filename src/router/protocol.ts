import type { Encoded } from "./encoded.ts";
import type { Sight } from "./sight.ts";
import type { LastEvent } from "./stream-life.ts";

/** What a stream says first. */
export interface Hello {
  /** How many milliseconds the stream may be silent. */
  readonly heartbeat: number;
  /** The stream's token. */
  readonly stream: string;
  /** For how many milliseconds the id of an applied event is remembered. */
  readonly receiptTtl: number;
}

/** How a stream puts what its viewer sees into words. */
export interface Protocol {
  /** Returns the first event. */
  hello(hello: Hello): Encoded;
  /** Returns what is seen, or `undefined` where this protocol has nothing to say of it. */
  sight(sight: Sight): Encoded | undefined;
  /** Returns a sign of life. */
  beat(): Encoded;
  /** Returns the last event. */
  farewell(last: LastEvent): Encoded;
}
