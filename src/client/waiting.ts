import type { Message } from "../processor/message.ts";

/** A message without an answer. */
export interface Waiting {
  readonly message: Message;
  readonly text: string;
  /** The name under which it is stored, if it is. */
  readonly name?: string | undefined;
  /** Until when the server knows whether it has applied it, once it was sent. */
  until?: number | undefined;
}

/** The outbox of a page, once it was opened. */
export interface OpenOutbox {
  /** Resolves once what was left is on its way, except for what another tab may still send. */
  readonly ready: Promise<void>;
  /** Hears that other events wait than before. */
  changed(): void;
}
