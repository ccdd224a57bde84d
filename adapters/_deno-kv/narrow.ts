/**
 * Texts in one byte a character. V8 may keep a text of Latin-1 in two, as when it was cut out of one that has other
 * characters, and serializes it as it keeps it: twice as large as it was measured. Nothing tells such a text from
 * another, so that it is Deno KV that finds out.
 *
 * @module
 */
import type { EncodedWrite } from "../../src/persistence/adapter/codec.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Calls with the writes, and once more with narrow texts where Deno KV refuses their size, before it writes any. */
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
  // A text that is made of bytes takes as few as it can.
  const encoded = { format, text: decoder.decode(encoder.encode(text)) };
  return { ...write, put: { ...write.put, encoded } };
}
