/** The columns of a table of documents. */
export const ownColumns: readonly string[] = [
  "type",
  "id",
  "data",
  "format",
  "version",
  "metadata",
  "expires",
  "chunks",
];
