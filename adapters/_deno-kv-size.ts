/**
 * What writes take of an atomic operation. Only a conditional write needs a check, so that the parts of a commit
 * without conditions are joined again as far as bytes and mutations go.
 *
 * @module
 */
import type { EncodedValue } from "../src/persistence/codec.ts";
import type { PreparedWrite } from "../src/persistence/prepare.ts";
import { byteLength } from "../src/persistence/size.ts";
import * as document from "./_deno-kv-document.ts";
import { MAX_MUTATIONS } from "./_deno-kv-write.ts";

type Write = PreparedWrite<EncodedValue>;
type Part = readonly Write[];

/** What a write takes of an atomic operation. */
export interface WriteSize {
  /** Of each of its keys. */
  readonly keyBytes: number;
  readonly valueBytes: number;
  /** How many keys it writes. */
  readonly mutations: number;
}

/** What Deno KV adds to the parts of a key. */
const KEY_OVERHEAD = 48;
/** The keys of an atomic operation may take a tenth of the bytes that it may take with its values. */
const KEY_WEIGHT = 10;
/** So many bytes of keys fit there, and their ids into the value of 65,536 bytes that watchers are told by. */
const MAX_KEY_BYTES = 60_000;

/** What a write takes that is stored under this key. */
export function measureWrite({ put }: Write, keyText: string): WriteSize {
  const text = put?.encoded.text ?? "";
  const chunks = document.countChunks(text);
  return {
    keyBytes: byteLength(keyText) + KEY_OVERHEAD,
    valueBytes: document.measureText(text) + document.measureMetadata(put?.metadata),
    mutations: 1 + chunks,
  };
}

/** How many bytes a write takes of what a commit may, with the key of its check. */
export function bytesOf({ keyBytes, valueBytes, mutations }: WriteSize): number {
  return KEY_WEIGHT * keyBytes * (mutations + 1) + valueBytes;
}

/** The parts of a commit in groups that one operation takes each. */
export function joinParts(
  parts: readonly Part[],
  { maxBytes, sizeOf }: {
    readonly maxBytes: number;
    readonly sizeOf: (write: Write) => WriteSize;
  },
): Part[][] {
  const joined: Part[][] = [];
  let room = { keyBytes: 0, bytes: 0, mutations: 0 };
  for (const part of parts) {
    const taken = { keyBytes: 0, bytes: 0, mutations: 0 };
    for (const { keyBytes, valueBytes, mutations } of part.map(sizeOf)) {
      taken.keyBytes += keyBytes * mutations;
      taken.bytes += keyBytes * mutations + valueBytes;
      taken.mutations += mutations;
    }
    const fits = taken.keyBytes <= room.keyBytes && taken.bytes <= room.bytes &&
      taken.mutations <= room.mutations;
    if (!fits) {
      joined.push([]);
      room = { keyBytes: MAX_KEY_BYTES, bytes: maxBytes, mutations: MAX_MUTATIONS };
    }
    joined.at(-1)!.push(part);
    room.keyBytes -= taken.keyBytes;
    room.bytes -= taken.bytes;
    room.mutations -= taken.mutations;
  }
  return joined;
}
