/**
 * What SQLite, D1 and Durable Objects allow, and what the stores use of it. The platforms document their limits at
 * https://sqlite.org/limits.html, https://developers.cloudflare.com/d1/platform/limits/ and
 * https://developers.cloudflare.com/durable-objects/platform/limits/
 *
 * @module
 */
import type { Capabilities } from "../../src/persistence/adapter/adapter.ts";

/** What one commit and one document may be. */
export interface DocumentLimits {
  /** How many writes one commit may hold and still be all or nothing. */
  readonly atomicWrites: number;
  /** The largest document, in bytes of its text. */
  readonly maxValueBytes: number;
}

/** What one platform allows a store. */
export interface SqlLimits extends DocumentLimits {
  /** The longest text in one row, in UTF-16 code units; the rest of a longer document is in further rows. */
  readonly rowLength: number;
  /** How many columns a mapped table may have. */
  readonly maxColumns: number;
  /** The same for documents in ordinary tables. */
  readonly mapped: DocumentLimits;
}

const sqliteDocuments: DocumentLimits = {
  atomicWrites: Infinity,
  // SQLite allows 1,000,000,000 bytes in a row; strings of JavaScript end at about half of that.
  maxValueBytes: 2 ** 28,
};

/** SQLite in this process. */
export const sqliteLimits: SqlLimits = {
  ...sqliteDocuments,
  rowLength: Infinity,
  // SQLite allows 2,000 unless it was built otherwise.
  maxColumns: 1_000,
  mapped: sqliteDocuments,
};

/** What D1 and Durable Objects have in common. */
const cloudflareLimits: Pick<SqlLimits, "rowLength" | "maxColumns" | "maxValueBytes" | "mapped"> = {
  // A row may have 2,000,000 bytes. A code unit takes up to three; key and metadata have the rest.
  rowLength: 600_000,
  // Cloudflare allows no more.
  maxColumns: 100,
  // Up to 14 rows; on D1 up to 170 of the size that a dump restores, in about as many statements as 14.
  maxValueBytes: 8_000_000,
  mapped: {
    atomicWrites: 1_000,
    // All rows of a document are one parameter, which may have 2,000,000 bytes; as JSON in JSON it is up to twice as long.
    maxValueBytes: 900_000,
  },
};

/** D1. */
export const d1Limits: SqlLimits = {
  ...cloudflareLimits,
  // Rows of one type travel together, so this many are a batch of few statements.
  atomicWrites: 10_000,
};

/** The SQLite of a Durable Object. */
export const durableObjectLimits: SqlLimits = {
  ...cloudflareLimits,
  // A transaction within the object has no bound.
  atomicWrites: Infinity,
};

/** How many bytes a key may be on any platform: with the longest text and metadata it still fits in a row of D1. */
export const maxKeyBytes = 50_000;

/** How many bytes of JSON the metadata of an entry may be on any platform, for the same reason. */
export const maxMetadataBytes = 10_000;

/** How many bytes a statement may be on D1, also one that restores a row of a dump. */
export const maxStatementBytes = 100_000;

/** How many parameters a statement takes on D1 and in a Durable Object. */
export const maxParameters = 100;

/**
 * How many UTF-16 code units one parameter may be. On D1 and in a Durable Object it may have 2,000,000 bytes, and a
 * code unit takes up to three.
 */
export const maxParameterLength = 500_000;

/** How many bytes the name of a column may be: on D1 a statement has 100 kB, and names each column up to seven times. */
export const maxColumnNameBytes = 64;

/** Returns what a store promises within some limits. */
export function sqlCapabilities({ atomicWrites, maxValueBytes }: DocumentLimits): Capabilities {
  return {
    conditional: "global",
    atomicWrites,
    atomicBytes: Infinity,
    maxValueBytes,
    maxMetadataBytes,
    watch: false,
    expiry: true,
  };
}
