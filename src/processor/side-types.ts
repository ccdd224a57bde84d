/** The types of the entries that the processor keeps beside instances. No handler's type starts with an underscore. */
export const sideTypes: readonly string[] = ["_nasc_receipts", "_nasc_gone"];
