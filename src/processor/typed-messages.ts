/**
 * The types of messages to handlers whose type is known: a type, an event or a payload that does not exist is refused by
 * the compiler.
 *
 * @module
 */
import type { DefinedHandler } from "./defined-handler.ts";
import type { Message } from "./message.ts";

/** A message to any handlers. Without a `type`, the `instance` is `"Type:id"`. */
export type OpenMessage = Omit<Message, "type"> & Partial<Pick<Message, "type">>;

/**
 * Handlers, if one of them was made by `defineHandler`; otherwise any handlers, since those that are plain objects say
 * nothing of what may be sent.
 */
export type KnownHandlers<Handlers, Open> = true extends
  { [Type in keyof Handlers]: Handlers[Type] extends DefinedHandler ? true : false }[keyof Handlers]
  ? Handlers
  : Open;

/** The names of the types of handlers. */
export type TypeName<Handlers> = Exclude<keyof Handlers & string, `_${string}`>;

/** What may be sent with each event of a handler from inside the server. */
export type PayloadsOf<Handler> = Handler extends DefinedHandler<infer Info> ? Info["payloads"] : {
  readonly [Event in Exclude<keyof Handler & string, "mount" | `_${string}`>]:
    Handler[Event] extends (payload: infer Payload, ...rest: never[]) => unknown ? Payload
      : unknown;
};

/** What may be sent with each event of a handler from a page. */
export type PublicPayloads<Handler> = Handler extends DefinedHandler<infer Info>
  ? Omit<Info["payloads"], Info["internal"]>
  : PayloadsOf<Handler>;

/** The names of the events that a page may send to a type. */
export type EventName<Handlers, Type extends keyof Handlers> = string extends keyof Handlers
  ? string
  : (keyof PublicPayloads<Handlers[Type]> & string) | "mount";

/** What a page may send with an event, as the rest of the parameters: none where nothing has to be sent. */
export type PayloadArguments<Handlers, Type extends keyof Handlers, Event> =
  PublicPayloads<Handlers[Type]> extends { readonly [Name in Event & string]: infer Payload }
    ? IsOptional<Payload> extends true ? [payload?: Payload] : [payload: Payload]
    : [payload?: unknown];

/** A message to one of these handlers, from inside the server. */
export type MessageTo<Handlers> = string extends keyof Handlers ? OpenMessage
  : { [Type in TypeName<Handlers>]: MessageOf<Type, PayloadsOf<Handlers[Type]>> }[
    TypeName<Handlers>
  ];

/** A message to one type. */
type MessageOf<Type extends string, Payloads> =
  & Omit<Message, "type" | "instance" | "event" | "payload">
  & (
    | { readonly type: Type; readonly instance: string }
    | { readonly type?: undefined; readonly instance: `${Type}:${string}` }
  )
  & (
    | { readonly event: "mount"; readonly payload?: unknown }
    | {
      [Event in keyof Payloads]: { readonly event: Event } & PayloadPart<Payloads[Event]>;
    }[keyof Payloads]
  );

type PayloadPart<Payload> = IsOptional<Payload> extends true ? { readonly payload?: Payload }
  : { readonly payload: Payload };

/** Whether a message need not have this payload: nothing, or `{}`, will do. */
export type IsOptional<Payload> = undefined extends Payload ? true
  : Record<never, never> extends Payload ? true
  : false;
