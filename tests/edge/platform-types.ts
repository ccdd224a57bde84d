/**
 * The platform's own types fit what the edge declares of them; `tsc` fails on this file if one does not.
 *
 * @module
 */
import type {
  DurableObjectNamespace,
  DurableObjectState,
} from "@cloudflare/workers-types/index.ts";
import { type InstanceNamespace, nascObject, type NascObjectClass } from "../../src/edge/mod.ts";
import { counterHandlers } from "../support/counter.ts";

const objects: NascObjectClass = nascObject({ handlers: counterHandlers });

export class Nasc extends objects {}

export function bind(namespace: DurableObjectNamespace<Nasc>): InstanceNamespace {
  return namespace.jurisdiction("eu");
}

export function make(state: DurableObjectState): Nasc {
  return new Nasc(state, {});
}
