declare const info: unique symbol;

/** What the compiler knows of a handler that `defineHandler` has made. */
export interface HandlerInfo {
  /** The state of its instances. */
  readonly state: unknown;
  /** What may be sent with each event, by its name. */
  readonly payloads: object;
  /** The names of the events that only the server may send. */
  readonly internal: string;
  /** The sender that its events expect. */
  readonly user: unknown;
}

/** A handler that `defineHandler` has made, and what the compiler knows of it. */
// An interface would have no events by any name, which a handler has.
export type DefinedHandler<Info extends HandlerInfo = HandlerInfo> = {
  /** Only for the compiler: it is not there. */
  readonly [info]: Info;
};
