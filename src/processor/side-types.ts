// No handler's type starts with an underscore, so no event reaches them.

/** The type of the entries with receipts that have no room beside their instance. */
export const segmentType = "_nasc_receipts";

/** The type of the entries that stand for instances that an event has deleted. */
export const goneType = "_nasc_gone";

/** The types of the entries that the processor keeps beside instances. */
export const sideTypes: readonly string[] = [segmentType, goneType];

/** The type of the messages that instances have sent, and nobody has handed to their receivers yet. */
export const outboxType = "_nasc_outbox";

/** The type of the messages that are not due yet. */
export const delayedType = "_nasc_delayed";

/** The type of the messages that are set aside. */
export const deadType = "_nasc_dead";

/** The types of the entries of the send queue, which stay until they are delivered. */
export const queueTypes: readonly string[] = [outboxType, delayedType, deadType];
