import type { DefinedHandler } from "../processor/defined-handler.ts";
import type { Handlers } from "../processor/handlers.ts";
import type { InstanceStore } from "../processor/open-instances.ts";
import type { ProcessorOptions } from "../processor/options.ts";
import type {
  IsOptional,
  KnownHandlers,
  PayloadsOf,
  TypeName,
} from "../processor/typed-messages.ts";
import type { Sent } from "./sent.ts";

/** Options of {@link harness}: those of a processor, and who sends events to which store. */
export interface HarnessOptions extends Omit<ProcessorOptions, "hub"> {
  /** Where the instances are. Default: a new `MemoryStore`. */
  readonly store?: InstanceStore;
  /** Who sends events, unless `send` says otherwise. Default: nobody. */
  readonly user?: unknown;
  /** The platform's bindings: `context.env`. */
  readonly env?: unknown;
  /** Those who look on: what `context.viewers()` returns. Default: nobody. */
  readonly viewers?: readonly object[];
}

/** How one event is sent. */
export interface SendOptions<User = unknown> {
  /** Who sends it. Default: the `user` of the harness. */
  readonly user?: User;
  /** The platform's bindings. Default: the `env` of the harness. */
  readonly env?: unknown;
  /** The event's id; the same one again is a repeat. Default: `"event-1"`, then `"event-2"`, and so on. */
  readonly eventId?: string;
  /** The epoch that the sender's page had when the event was made. */
  readonly epoch?: string;
  /** The revision that the sender's page had when the event was made. */
  readonly rev?: number;
}

/** Handlers, if their types say what may be sent to them, or else any. */
type Known<Given> = KnownHandlers<Given, Handlers>;

type HandlerOf<Given, Type> = Type extends keyof Given ? Given[Type] : unknown;

/** The state of a handler: what `defineHandler` knows of it, or else what `mount` returns. */
type StateOf<Handler> = Handler extends DefinedHandler<infer Info> ? Info["state"]
  : Handler extends { mount: (...parameters: never[]) => infer State } ? Awaited<State>
  : Record<string, unknown>;

/** The sender that a handler expects. */
type UserOf<Handler> = Handler extends DefinedHandler<infer Info> ? Info["user"] : unknown;

type SentBy<Given, Type> = Promise<
  Sent<StateOf<HandlerOf<Given, Type>>, UserOf<HandlerOf<Given, Type>>>
>;

type OptionsOf<Given, Type> = SendOptions<UserOf<HandlerOf<Given, Type>>>;

/** What follows the name of an event: its payload, if it takes one, and how it is sent. */
type SendArguments<Handler, Event, Options> = PayloadsOf<Handler> extends
  { readonly [Name in Event & string]: infer Payload }
  ? IsOptional<Payload> extends true ? [payload?: Payload, options?: Options]
  : [payload: Payload, options?: Options]
  : [payload?: unknown, options?: Options];

/** Sends events to handlers, and shows what becomes of them. */
export interface Harness<Given = Handlers> {
  /**
   * Sends an event, as the server itself may, so internal ones too. It never rejects: a refusal is the `error` of what it
   * returns, and so is what a handler throws.
   */
  send<
    Type extends TypeName<Known<Given>>,
    Event extends keyof PayloadsOf<Known<Given>[Type]> & string,
  >(
    type: Type,
    id: string,
    event: Event,
    ...sent: SendArguments<Known<Given>[Type], Event, OptionsOf<Given, Type>>
  ): SentBy<Given, Type>;
  /** Mounts an instance, as a page does that shows it. */
  mount<Type extends TypeName<Known<Given>>>(
    type: Type,
    id: string,
    options?: OptionsOf<Given, Type>,
  ): SentBy<Given, Type>;
  /** Returns the state of an instance as it is stored, whoever may see it: a copy, or `undefined` if there is none. */
  state<Type extends TypeName<Known<Given>>>(
    type: Type,
    id: string,
  ): Promise<StateOf<HandlerOf<Given, Type>> | undefined>;
  /**
   * Returns what a user sees of an instance that is stored: a copy, or `undefined` for nothing. Default: the `user` of
   * the harness.
   */
  see<Type extends TypeName<Known<Given>>>(
    type: Type,
    id: string,
    options?: Pick<OptionsOf<Given, Type>, "user">,
  ): Promise<Record<string, unknown> | undefined>;
  /**
   * Delivers what events have sent by `context.send` and is due, and what comes of that, and resolves once the work has
   * ended that events have passed to `context.waitUntil`.
   */
  drain(): Promise<void>;
}
