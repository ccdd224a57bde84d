/**
 * Texts in one byte a character. V8 may keep a text of Latin-1 in two, for one that was cut out of a text with other
 * characters, and serializes it as it keeps it: twice as large as it was measured. Nothing tells such a text from
 * another until Deno KV refuses it.
 *
 * @module
 */
import type { EncodedWrite } from "../../src/persistence/adapter/codec.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Calls with the writes, and again with narrow texts if Deno KV refuses their size, which it does before it writes. */
export async function withNarrowTexts<Result>(
  writes: readonly EncodedWrite[],
  call: (writes: readonly EncodedWrite[]) => Promise<Result>,
): Promise<Result> {
  try {
    return await call(writes);
  } catch (error) {
    if (!(error instanceof TypeError && /too large/.test(error.message))) throw error;
  }
  return await call(writes.map(narrow));
}

function narrow(write: EncodedWrite): EncodedWrite {
  if (!write.put) return write;
  const { format, text } = write.put.encoded;
  // A text that is decoded from bytes is as narrow as it can be.
  const encoded = { format, text: decoder.decode(encoder.encode(text)) };
  return { ...write, put: { ...write.put, encoded } };
}
