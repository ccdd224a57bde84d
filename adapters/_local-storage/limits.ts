/**
 * What browsers allow in localStorage and sessionStorage, and what the store uses of it.
 *
 * @module
 */

/**
 * How many bytes a document may be. Browsers hold 5.2 million UTF-16 code units in all, and no text has more of those
 * than bytes.
 */
export const maxValueBytes = 5_000_000;

/** How many bytes of JSON the metadata of an entry may be, of the same room. */
export const maxMetadataBytes = 10_000;
