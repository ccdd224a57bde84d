import { type Address, addressKey } from "./address.ts";
import { type Limit, mountParams } from "./call-handler.ts";
import { type Check, invalid, type Verdict } from "./check.ts";
import type { NascError } from "./errors.ts";
import { partsOf } from "./handler-parts.ts";
import type { Handler } from "./handlers.ts";
import { assertHarmless } from "./harmless.ts";

/** An event, and what was sent with it. */
export interface SentEvent {
  readonly type: string;
  readonly event: string;
  readonly payload: unknown;
}

/** What the checks of a message need. */
export interface PayloadCheckOptions {
  readonly limit: Limit;
  /** Receives an error that does not end the event. */
  readonly report: (error: unknown) => void;
}

/**
 * Returns what the schema of an event makes of its payload, or the payload as it is if there is no schema. No payload is
 * `undefined` to the schema or, where that is refused, `{}`, as a handler without a schema gets it.
 *
 * @throws {NascError} `invalid`, with what is wrong by the path of each field
 */
export async function checkPayload(
  handler: Handler,
  { type, event, payload }: SentEvent,
  options: PayloadCheckOptions,
): Promise<unknown> {
  const check = partsOf(handler).checks.get(event);
  if (!check) return payload;
  const { report } = options;
  const checkOptions = { ...options, name: `the payload of ${type}.${event}` };
  const first = await check(payload, checkOptions);
  const verdict = first.ok || payload !== undefined ? first : await check({}, checkOptions);
  return outputOf(verdict, { report });
}

/**
 * Checks what one message brings once, however often it is run: later attempts get what the first has made of it.
 */
export class MessageChecks {
  readonly #options: PayloadCheckOptions;
  #payload: Promise<unknown> | undefined;
  readonly #params = new Map<string, Promise<unknown>>();

  constructor(options: PayloadCheckOptions) {
    this.#options = options;
  }

  /**
   * Returns what the handler gets as the payload of the message.
   *
   * @throws {NascError} `invalid`
   */
  payload(handler: Handler, sent: SentEvent): Promise<unknown> {
    return this.#payload ??= checkPayload(handler, sent, this.#options);
  }

  /**
   * Returns what `mount` gets for an instance.
   *
   * @throws {NascError} `invalid`
   */
  async mountParams(handler: Handler, address: Address): Promise<unknown> {
    const check = partsOf(handler).checks.get("mount");
    if (!check) return mountParams(address);
    const key = addressKey(address);
    const params = this.#params.get(key) ?? this.#checkParams(check, address);
    this.#params.set(key, params);
    return structuredClone(await params);
  }

  async #checkParams(check: Check, address: Address): Promise<unknown> {
    const name = `the parameters of ${address.type}.mount`;
    const verdict = await check(mountParams(address), { ...this.#options, name });
    return outputOf(verdict, this.#options);
  }
}

/** Returns what a schema has made of a value, unless it refused it, or made what no handler may get. */
function outputOf(verdict: Verdict, { report }: Pick<PayloadCheckOptions, "report">): unknown {
  if (!verdict.ok) throw invalid(verdict.problems);
  try {
    assertHarmless(verdict.value, {
      code: "invalid-payload",
      message: "The payload holds something that no event accepts",
    });
  } catch (error) {
    // It may be the schema that makes what cannot be stored, such as an instance of a class.
    report((error as NascError).cause ?? error);
    throw error;
  }
  return verdict.value;
}
