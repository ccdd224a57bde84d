/**
 * What Workers KV allows, and what the store uses of it. Cloudflare documents the limits at
 * https://developers.cloudflare.com/kv/platform/limits/
 *
 * @module
 */

/** How many bytes a name may be: all that KV allows. */
export const maxNameBytes = 512;

/** How many bytes a document may be. KV allows 25 MiB (26,214,400); the record's first line has the rest. */
export const maxValueBytes = 26_200_000;

/** How many bytes of JSON the metadata of an entry may be. It is in the record too: KV's own holds 1,024 bytes. */
export const maxMetadataBytes = 10_000;

/** How often in a second KV lets one name be written. */
export const writesPerSecondPerKey = 1;

/** How many values KV reads at once. */
export const maxBulkKeys = 100;

/** How many bytes are read at once. KV allows 25 MB together. */
export const maxBulkBytes = 20_000_000;

/** How many connections a Worker has open at once. */
export const maxConnections = 6;

/** The shortest time in seconds after which KV lets a value expire. */
export const minTtlSeconds = 60;

/** The longest, 68 years: KV counts seconds in 32 bits. */
export const maxTtlSeconds: number = 2 ** 31 - 1;
