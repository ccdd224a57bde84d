import type { AttemptResult } from "./attempt-result.ts";
import { updatePatches } from "./make-patches.ts";
import type { ParsedMessage } from "./parse-message.ts";
import type { Receipt } from "./receipts.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** Options of {@link repeat}. */
export interface RepeatOptions {
  readonly unit: UnitOfWork;
  /** Receives an error that does not end the event. */
  readonly report: (error: unknown) => void;
}

/** Answers an event that was applied before. Its first run may have ended before the viewers heard of it. */
export async function repeat(
  message: ParsedMessage,
  receipt: Receipt,
  { unit, report }: RepeatOptions,
): Promise<AttemptResult> {
  const { type, id, eventId } = message;
  if (receipt.kind === "answer") {
    const { rev, patches } = receipt;
    return { rev, patches, isRepeat: true, changed: [{ type, id, rev, state: undefined }] };
  }
  const state = new Map(Object.entries(await unit.read(message) ?? {}));
  const rev = await unit.rev(message);
  if (receipt.kind === "damaged") {
    report(
      new Error(
        `Cannot read the receipt of ${eventId} for ${type}/${id}: it is damaged; the event was applied, ` +
          "and is answered with the whole state",
      ),
    );
  }
  const props = receipt.kind === "damaged" ? [...state.keys()] : receipt.props;
  const values = Object.fromEntries(props.map((prop) => [prop, state.get(prop)]));
  const patches = updatePatches({ type, id, rev }, values);
  return { rev, patches, isRepeat: true, changed: [{ type, id, rev, state: undefined }] };
}
