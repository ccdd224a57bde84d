import type { Address } from "../processor/address.ts";
import { type FrameOptions, instanceFrame } from "../processor/instance-frames.ts";
import { toWire } from "../processor/to-wire.ts";
import { type Encoded, encodeEvent } from "./encoded.ts";

interface EncodedFrame {
  /** All that the frame depends on besides the states. */
  readonly head: string;
  readonly before: object | undefined;
  readonly bytes: Encoded;
}

/** The last patch to each state, and the last that showed it whole. */
const patches = new WeakMap<object, EncodedFrame>();
const snapshots = new WeakMap<object, EncodedFrame>();

/** Returns the frame that leads from what many pages have to what is now. It is encoded once for all of them. */
export function encodeShared(address: Address, { told, now }: FrameOptions): Encoded {
  const { type, id } = address;
  const { rev, epoch, projection } = now;
  const frames = told ? patches : snapshots;
  const before = told?.projection;
  const head = JSON.stringify([type, id, epoch, told?.rev, rev]);
  const known = frames.get(projection);
  if (known?.head === head && known.before === before) return known.bytes;
  const bytes = encodeEvent(toWire(instanceFrame(address, { told, now })));
  frames.set(projection, { head, before, bytes });
  return bytes;
}
