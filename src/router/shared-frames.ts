import type { Address } from "../processor/address.ts";
import { type FrameOptions, instanceFrame, type Shown } from "../processor/instance-frames.ts";
import { toWire } from "../processor/to-wire.ts";
import { type Encoded, encodeEvent } from "./encoded.ts";

/** A frame, and all that it depends on besides the state that it leads to. */
interface EncodedFrame extends Address {
  readonly told: Shown | undefined;
  readonly now: Shown;
  readonly bytes: Encoded;
}

/** The last patch to each state, and the last that showed it whole. */
const patches = new WeakMap<object, EncodedFrame>();
const snapshots = new WeakMap<object, EncodedFrame>();

/** Returns the frame that leads from what many pages have to what is now. It is encoded once for all of them. */
export function encodeShared(address: Address, { told, now }: FrameOptions): Encoded {
  const { type, id } = address;
  const frames = told ? patches : snapshots;
  const known = frames.get(now.projection);
  const isKnown = known?.type === type && known.id === id &&
    areSame(known.told, told) && areSame(known.now, now);
  if (isKnown) return known.bytes;
  const bytes = encodeEvent(toWire(instanceFrame(address, { told, now })));
  frames.set(now.projection, { type, id, told, now, bytes });
  return bytes;
}

function areSame(a: Shown | undefined, b: Shown | undefined): boolean {
  return a?.rev === b?.rev && a?.epoch === b?.epoch && a?.projection === b?.projection;
}
