import type { EventErrorContext, ProcessorOptions } from "../processor/options.ts";
import type { Permission } from "../processor/permission.ts";
import { reportError } from "../processor/report-error.ts";
import { type Clock, pause } from "../shared/clock.ts";
import { Refusal } from "./refusal.ts";

/** Options of {@link permissionInTime}. */
export interface InTimeOptions {
  readonly clock: Clock;
  /** How long it may take to answer. */
  readonly milliseconds: number;
  /** What is asked, for the log. */
  readonly question: string;
  /** The option that says how long it may take, for the log. */
  readonly option: string;
  readonly about: EventErrorContext;
  readonly onError: ProcessorOptions["onError"];
}

/** Returns a permission, or a refusal that may be over soon where nobody answers in time. */
export async function permissionInTime(
  asked: Promise<Permission>,
  { clock, milliseconds, question, option, about, onError }: InTimeOptions,
): Promise<Permission> {
  const answered = new AbortController();
  const late = pause(milliseconds, { clock, signal: answered.signal });
  try {
    const permission = await Promise.race([asked, late]);
    if (permission !== undefined) return permission;
  } finally {
    answered.abort();
  }
  const problem = `no answer within ${milliseconds} ms; raise ${option} if it is that slow`;
  const error = new Error(`Cannot ask authorize ${question}: ${problem}`);
  reportError(error, about, onError ? { onError } : {});
  return new Refusal("timeout", "This takes too long; it is safe to try again", { status: 503 });
}
