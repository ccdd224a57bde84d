/**
 * What Deno KV allows, and what the store uses of it. Deno documents the limits at
 * https://docs.deno.com/api/deno/~/Deno.AtomicOperation and https://docs.deno.com/deploy/kv/
 *
 * @module
 */

/** How many bytes a key may be. Deno KV allows 2,048 in its own encoding of the parts. */
export const maxKeyBytes = 2_000;

/** How many bytes Deno KV's encoding adds to the parts of a key, at most. */
export const keyOverhead = 40;

/** How many bytes of JSON the metadata of an entry may be: it shares the 65,536 bytes of a value with the text. */
export const maxMetadataBytes = 4_000;

/** How many bytes V8's serialization may make of one byte of that JSON: a copied list in a list in a list is 3.5. */
export const metadataWeight = 4;

/** How many bytes of a document are in one value, if its metadata leaves that much. */
export const chunkBytes = 59_000;

/** How many bytes a document and its metadata may be together in one value: Deno KV allows 65,536. */
export const headBytes = 65_000;

/** How many chunks a document may have, which is more than {@link maxValueBytes} ever makes. */
export const maxChunks = 16;

/** How many bytes a document may be: all of it is written by one atomic operation. */
export const maxValueBytes = 780_000;

/** How many bytes an atomic operation may be. Deno KV allows 819,200, keys and its own bookkeeping included. */
export const maxOperationBytes = 800_000;

/** How many checks an atomic operation takes, and so how many conditional writes. */
export const maxChecks = 100;

/**
 * How many mutations of documents an atomic operation takes. Deno KV allows 1,000; up to 100 types may each need three
 * more, two for watchers and a mark.
 */
export const maxMutations = 700;

/**
 * How many bytes the keys that one operation sets may be together. Deno KV allows 81,920; this many also fit into the
 * value of 65,536 bytes that names them to watchers.
 */
export const maxSetKeyBytes = 60_000;

/**
 * What each byte of a key that is set counts of {@link maxOperationBytes}, so a commit within that limit is within
 * {@link maxSetKeyBytes} too.
 */
export const keyWeight = 13.5;

/**
 * How many bytes the keys that one operation of a `clear` removes may be together: only the value that names them to
 * watchers bounds them.
 */
export const maxClearedKeyBytes = 65_000;

/** How many keys Deno KV reads at once. */
export const maxKeysAtOnce = 10;

/** How many entries a list asks for at once; each of them may take 64 kB. */
export const maxBatchSize = 500;

/** How many milliseconds an entry may last. Deno KV accepts nothing much longer than these 31,700 years. */
export const maxTtl = 1e15;
