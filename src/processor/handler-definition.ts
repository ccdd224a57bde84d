/**
 * The types of `defineHandler`: what it infers from a definition, and what it refuses.
 *
 * @module
 */
import type { ConstraintError } from "../shared/errors.ts";
import type { DefinedHandler } from "./defined-handler.ts";
import type { NascError } from "./errors.ts";
import type { InstanceViewer } from "./handler-parts.ts";
import type { HandlerContext, MountParams } from "./handlers.ts";
import type { InputOf, OutputOf, StandardSchema } from "./standard-schema.ts";

/** The types that a handler cannot infer. */
export interface HandlerTypes {
  /** What `user` of the router returns, or the `user` passed to `process`. */
  readonly user?: unknown;
  /** The platform's bindings. */
  readonly env?: unknown;
}

/** Schemas by the names of events, and for `mount` and `state`. */
// deno-lint-ignore no-explicit-any -- a schema may be of anything
export type HandlerSchemas = Readonly<Record<string, StandardSchema<any, any>>>;

type UserOf<Types> = "user" extends keyof Types ? Types["user"] : unknown;
type EnvOf<Types> = "env" extends keyof Types ? Types["env"] : unknown;
type ContextOf<Types> = HandlerContext<UserOf<Types>, EnvOf<Types>>;
type MaybePromise<Value> = Value | Promise<Value>;

/** The state of a handler: what its schema says, or else what `mount` returns. */
type StateOf<State, Schemas> = Schemas extends { readonly state: infer Schema } ? OutputOf<Schema>
  : State;

/** What `mount` gets: what its schema makes of the parameters. */
type ParamsOf<Schemas> = Schemas extends { readonly mount: infer Schema } ? OutputOf<Schema>
  : MountParams;

type NoEvent =
  | "mount"
  | "view"
  | "viewKey"
  | "schemas"
  | "version"
  | "migrate"
  | "refused"
  | "internal"
  | `_${string}`;

/** The names of the events of a definition. */
type EventName<Members> = Exclude<keyof Members & string, NoEvent>;

/** What describes a handler beside its events. Write `mount` first: the events get their state from it. */
export interface HandlerDescription<
  State,
  Schemas,
  Types extends HandlerTypes,
  Internal extends string,
> {
  /** Returns the first state of an instance. A list that is empty says its type: `[] as Card[]`. */
  mount?(
    params: ParamsOf<Schemas>,
    context: ContextOf<Types>,
  ): MaybePromise<StateOf<State, Schemas>>;
  /**
   * Schemas (zod, valibot, arktype, …) by the names of events, which then get the schema's output; for `mount`, of its
   * parameters; and for `state`, which the option `checkState` checks each next state against.
   */
  readonly schemas?: Schemas;
  /** Returns what a viewer sees of a state: `undefined` for nothing. It changes nothing. */
  view?(
    state: NoInfer<StateOf<State, Schemas>>,
    viewer: InstanceViewer<UserOf<Types>>,
  ): object | undefined;
  /** Returns a name that is the same for all viewers who see the same. */
  viewKey?(
    state: NoInfer<StateOf<State, Schemas>>,
    viewer: InstanceViewer<UserOf<Types>>,
  ): string;
  /** The version of the shape of the states, from 1 up; without one, they are of version 1. */
  readonly version?: number;
  /**
   * Returns a state of an older version in the shape of this one. It may change what it is given, and is not async. It
   * is called whenever such a state is read, until an event has stored another.
   */
  // deno-lint-ignore no-explicit-any -- only the application knows how its states were
  migrate?(state: any, from: number): NoInfer<StateOf<State, Schemas>>;
  /**
   * Returns how a commit that a constraint of the storage has refused is refused: a `NascError`, or `undefined` for the
   * usual answer.
   */
  refused?(error: ConstraintError, context: ContextOf<Types>): NascError | undefined;
  /** The names of events that no page may send. */
  readonly internal?: readonly Internal[];
}

/** What an event gets: what its schema makes of what was sent, or whatever that is. */
type PayloadOf<Name, Schemas> = Name extends keyof Schemas ? OutputOf<Schemas[Name]> : unknown;

/** What an event may be. */
// No conditional type, or the compiler would not look at `mount` first. As a method, it may name a payload that nothing
// checks.
type EventOf<Name, State, Schemas, Types> = {
  event(
    payload: PayloadOf<Name, Schemas>,
    state: StateOf<State, Schemas>,
    context: ContextOf<Types>,
  ): MaybePromise<NoInfer<StateOf<State, Schemas>>>;
}["event"];

/** What the members of a definition may be. */
export type HandlerMembers<Members, State, Schemas, Types> = {
  readonly [Name in keyof Members]: Name extends "schemas" ? {
      readonly [Each in keyof Schemas]: Each extends "mount" | "state" | EventName<Members>
        ? Schemas[Each]
        : never;
    }
    : Name extends "internal" ? readonly EventName<Members>[]
    : Name extends NoEvent ? unknown
    : EventOf<Name, State, Schemas, Types>;
};

/** What may be sent with an event: what its schema takes, or else what its function names. */
type SentWith<Name, Event, Schemas> = Name extends keyof Schemas ? InputOf<Schemas[Name]>
  : Event extends (payload: infer Payload, ...rest: never[]) => unknown ? Payload
  : unknown;

/** What the compiler knows of a definition. */
export interface InfoOf<Members, State, Schemas, Types, Internal extends string> {
  /** The state of its instances. */
  readonly state: StateOf<State, Schemas>;
  /** What may be sent with each event, by its name. */
  readonly payloads: {
    readonly [Name in EventName<Members>]: SentWith<Name, Members[Name], Schemas>;
  };
  /** The names of the events that only the server may send. */
  readonly internal: Internal;
  /** The sender that its events expect. */
  readonly user: UserOf<Types>;
}

/** Takes the definition of a handler, and returns the handler. */
export type DefineHandler<Types extends HandlerTypes> = <
  State extends object,
  Members,
  Schemas extends HandlerSchemas = Record<never, never>,
  const Internal extends string = never,
>(
  definition:
    & HandlerDescription<State, Schemas, Types, Internal>
    & Members
    & HandlerMembers<Members, State, Schemas, Types>,
) =>
  & { readonly [Name in EventName<Members> | ("mount" & keyof Members)]: Members[Name] }
  & DefinedHandler<InfoOf<Members, State, Schemas, Types, Internal>>;
