/**
 * What writes take of an atomic operation. Deno KV bounds two sums: the keys that are set, 81,920 bytes, and all that is
 * sent, 819,200 bytes, in which a key counts once for its check or mutation, and again if it is set. Only conditional
 * writes need checks, so the parts of a commit without conditions are joined again as far as both sums and the number
 * of mutations allow.
 *
 * @module
 */
import type { EncodedWrite } from "../../src/persistence/adapter/codec.ts";
import { byteLength } from "../../src/shared/byte-length.ts";
import * as document from "./document.ts";
import { keyOverhead, keyWeight, maxChunks, maxMutations, maxSetKeyBytes } from "./limits.ts";

type Part = readonly EncodedWrite[];

/** What a write takes of an atomic operation. */
export interface WriteSize {
  /** The size of each of its keys. */
  readonly keyBytes: number;
  /** The size of the keys that go with its type, once in an operation. */
  readonly typeBytes: number;
  readonly valueBytes: number;
  /** How many keys it writes. */
  readonly mutations: number;
}

/** Returns what a write takes: `keyText` is its key, and `typeText` what all keys of its type begin with. */
export function measureWrite(
  { encodedKey, put }: EncodedWrite,
  { keyText, typeText, isWatched }: {
    readonly keyText: string;
    readonly typeText: string;
    readonly isWatched: boolean;
  },
): WriteSize {
  const text = put?.encoded.text ?? "";
  const note = isWatched ? byteLength(encodedKey) + 1 : 0;
  return {
    keyBytes: byteLength(keyText) + keyOverhead,
    // The mark of the type; for watchers, what they follow and the note.
    typeBytes: (byteLength(typeText) + keyOverhead) * (isWatched ? 3 : 1),
    valueBytes: document.measureText(text, put?.metadata) +
      document.measureMetadata(put?.metadata) + note,
    mutations: 1 + document.countChunks(text, put?.metadata),
  };
}

/** Returns how many bytes a write takes of a commit, with its check and the chunks that it may have to remove. */
export function bytesOf({ keyBytes, typeBytes, valueBytes, mutations }: WriteSize): number {
  const setBytes = keyBytes * mutations + typeBytes;
  const sentBytes = 2 * setBytes + valueBytes + keyBytes * (1 + maxChunks);
  return Math.ceil(Math.max(keyWeight * setBytes, sentBytes));
}

/** Returns the parts of a commit in groups, each for one operation. */
export function joinParts(
  parts: readonly Part[],
  { maxBytes, sizeOf }: {
    readonly maxBytes: number;
    readonly sizeOf: (write: EncodedWrite) => WriteSize;
  },
): Part[][] {
  const joined: Part[][] = [];
  let room = { keyBytes: 0, bytes: 0, mutations: 0 };
  for (const part of parts) {
    const taken = measurePart(part, sizeOf);
    const fits = taken.keyBytes <= room.keyBytes && taken.bytes <= room.bytes &&
      taken.mutations <= room.mutations;
    if (!fits) {
      joined.push([]);
      room = { keyBytes: maxSetKeyBytes, bytes: maxBytes, mutations: maxMutations };
    }
    joined.at(-1)!.push(part);
    room.keyBytes -= taken.keyBytes;
    room.bytes -= taken.bytes;
    room.mutations -= taken.mutations;
  }
  return joined;
}

function measurePart(
  part: Part,
  sizeOf: (write: EncodedWrite) => WriteSize,
): { readonly keyBytes: number; readonly bytes: number; readonly mutations: number } {
  const taken = { keyBytes: 0, bytes: 0, mutations: 0 };
  const types = new Set<string>();
  for (const write of part) {
    const { keyBytes, typeBytes, valueBytes, mutations } = sizeOf(write);
    const setBytes = keyBytes * mutations + (types.has(write.type) ? 0 : typeBytes);
    types.add(write.type);
    taken.keyBytes += setBytes;
    taken.bytes += 2 * setBytes + valueBytes;
    taken.mutations += mutations;
  }
  return taken;
}
