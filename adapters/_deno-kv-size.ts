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
  readonly bytes: number;
  readonly mutations: number;
}

/** What Deno KV adds to the parts of a key. */
const KEY_OVERHEAD = 48;
/** The keys of an atomic operation may take a tenth of the bytes that its values may. */
const KEY_WEIGHT = 10;

/** What a write takes that is stored under this key. */
export function measureWrite({ put }: Write, keyText: string): WriteSize {
  const text = put?.encoded.text ?? "";
  const chunks = document.countChunks(text);
  const keyBytes = KEY_WEIGHT * (byteLength(keyText) + KEY_OVERHEAD) * (2 + chunks);
  const valueBytes = document.measureText(text) + document.measureMetadata(put?.metadata);
  return { bytes: keyBytes + valueBytes, mutations: 1 + chunks };
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
  let room = { bytes: 0, mutations: 0 };
  for (const part of parts) {
    const sizes = part.map(sizeOf);
    const bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
    const mutations = sizes.reduce((sum, size) => sum + size.mutations, 0);
    if (room.bytes < bytes || room.mutations < mutations) {
      joined.push([]);
      room = { bytes: maxBytes, mutations: MAX_MUTATIONS };
    }
    joined.at(-1)!.push(part);
    room.bytes -= bytes;
    room.mutations -= mutations;
  }
  return joined;
}
