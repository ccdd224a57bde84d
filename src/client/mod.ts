/**
 * The browser runtime: binds a plain HTML page with `na-*` attributes to the instances on its server.
 *
 * @module
 */

export { connect } from "./connect.ts";
export type { Connection } from "./connect.ts";
export type { ConnectOptions } from "./options.ts";
export type { FormatFunction } from "../page/formats.ts";
export type { Clock } from "../shared/clock.ts";
export type { MirrorStore } from "./into.ts";
export type { Fetch } from "./post.ts";
export type { SendResult } from "./session.ts";
export type { ClientSocket, ClientSocketConstructor } from "./socket.ts";
export type { EventStream, EventStreamConstructor } from "./stream.ts";
export type { Answer, Following, RefusedAnswer, StreamListener, Transport } from "./transport.ts";
export type { Address } from "../processor/address.ts";
export type {
  AcceptedAnswer,
  BroadcastFrame,
  ErrorFrame,
  GoneFrame,
  InstanceFrame,
  PassingFrame,
  PatchFrame,
  SnapshotFrame,
  ViewersFrame,
} from "../processor/frames.ts";
export type { ErrorPatch, Message } from "../processor/message.ts";
export type { Operation } from "../processor/operations/operation.ts";
