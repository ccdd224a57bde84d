// No handler's type starts with an underscore, so no event reaches them.

/** The type of the entries with receipts that have no room beside their instance. */
export const segmentType = "_nasc_receipts";

/** The type of the entries that stand for instances that an event has deleted. */
export const goneType = "_nasc_gone";

/** The types of the entries that the processor keeps beside instances. */
export const sideTypes: readonly string[] = [segmentType, goneType];
