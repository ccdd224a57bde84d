import { naConfirm, naOnce, naPending, naSubmit } from "../page/attributes.ts";
import { attribute, call } from "./dom.ts";
import type { Payload } from "./payload.ts";
import { report } from "./report.ts";

/** Sends an event to the instance that an element is in, and returns whether it was accepted. */
export type Send = (element: Element, event: string, payload: Payload) => Promise<boolean>;

/** Options of {@link sending}. */
export interface SendingOptions {
  /** What to ask before an event of an element is sent, where that depends on the state. */
  readonly questions: WeakMap<Element, string>;
  /** Asks a person. */
  readonly confirm: (question: string) => boolean | Promise<boolean>;
  readonly send: Send;
}

/**
 * Returns a function that sends events, asks first where `na-confirm` says so, and marks elements whose events are not
 * answered. What `na-submit` or `na-once` would send again meanwhile is ignored: the same event with the same payload.
 */
export function sending({ questions, confirm, send }: SendingOptions): Send {
  const waiting = new WeakMap<Element, string[]>();

  return async (element, event, payload) => {
    const key = JSON.stringify([event, payload]);
    const before = waiting.get(element) ?? [];
    const isOnce = attribute(element, naSubmit) === event || attribute(element, naOnce) !== null;
    if (isOnce && before.includes(key)) return false;
    waiting.set(element, [...before, key]);
    try {
      const question = questions.get(element) ?? attribute(element, naConfirm);
      if (question !== null && !await isAgreed(question, confirm)) return false;
      call(element, "setAttribute", naPending, "");
      call(element, "setAttribute", "aria-busy", "true");
      return await send(element, event, payload);
    } finally {
      const left = [...waiting.get(element)!];
      left.splice(left.indexOf(key), 1);
      waiting.set(element, left);
      if (left.length === 0) {
        for (const name of [naPending, "aria-busy"]) call(element, "removeAttribute", name);
      }
    }
  };
}

/** Asks, and returns whether a person has agreed. A dialog that fails has asked nobody. */
async function isAgreed(question: string, confirm: SendingOptions["confirm"]): Promise<boolean> {
  try {
    return await confirm(question);
  } catch (error) {
    report("confirm-failed", question, `${error}`);
    return false;
  }
}
