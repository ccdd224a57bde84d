/**
 * What browsers allow in IndexedDB, and what the store uses of it.
 *
 * @module
 */

/** How many bytes a document may be: past this, browsers cannot hand a value over between their processes. */
export const maxValueBytes = 60_000_000;

/** How many bytes a key may be: three copies go with the longest value into the 133 MB that Chromium takes for a record. */
export const maxKeyBytes = 1_000_000;

/** How many bytes of JSON the metadata of an entry may be. Browsers set no limit of their own. */
export const maxMetadataBytes = 10_000;
