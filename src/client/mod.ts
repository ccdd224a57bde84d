/**
 * The browser runtime: binds a plain HTML page with `na-*` attributes to the instances on its server.
 *
 * @module
 */

export { connect } from "./connect.ts";
export type { Connection, ConnectOptions } from "./connect.ts";
export type { Clock } from "../shared/clock.ts";
export type { Fetch } from "./post.ts";
export type { Outcome } from "./session.ts";
export type { EventStream, EventStreamConstructor } from "./stream.ts";
export type {
  AcceptedAnswer,
  Answer,
  Frame,
  RefusedAnswer,
  Scope,
  StreamListener,
  Transport,
} from "./transport.ts";
export type {
  BindUpdatePatch,
  ErrorPatch,
  Message,
  Patch,
  SchemaPatch,
} from "../processor/message.ts";
