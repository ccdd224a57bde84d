/** The names that are no events in a handler: of `mount`, and of what describes it. */
export const reserved: ReadonlySet<string> = new Set([
  "mount",
  "view",
  "viewKey",
  "schemas",
  "version",
  "migrate",
  "refused",
  "internal",
]);
