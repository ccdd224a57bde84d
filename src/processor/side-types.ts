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

/** The type of the entries that say up to which number an instance has got what another one has sent from elsewhere. */
export const inboxType = "_nasc_inbox";

/** The type of the entry with the number of the last message that was sent to other storages. */
export const numbersType = "_nasc_numbers";

/** The type of the entries that say which messages of the send queue were imported, so none is imported again. */
export const importedType = "_nasc_imported";
