/**
 * Of which version of its handler a state is. A state of an older one is migrated each time that it is read, and stored
 * so with the next commit; one of a newer version is left alone.
 *
 * @module
 */
import { valueKind } from "../persistence/adapter/value.ts";
import { describe } from "../shared/describe.ts";
import { own } from "../shared/own.ts";
import type { Address } from "./address.ts";
import { copyState, ownState } from "./copy-state.ts";
import { migratedEpoch } from "./epoch.ts";
import { NascError } from "./errors.ts";
import { partsOf } from "./handler-parts.ts";
import { findHandler, type Handler, type Handlers } from "./handlers.ts";
import { isState } from "./is-state.ts";
import { assertStates } from "./state-check.ts";
import type { StoredInstance } from "./stored-instance.ts";

/** The version of a handler that has none, and of a state that says none. */
const firstVersion = 1;

/** How states come to be of their handlers' versions. */
export interface StateVersions {
  readonly handlers: Handlers;
  /** Whether migrated states are checked against the schemas of their handlers. */
  readonly checkState: boolean;
}

/** Returns what is stored of a handler's version beside a state: nothing of the first. */
export function schemaOf(handler: Handler): number | undefined {
  const version = versionOf(handler);
  return version === firstVersion ? undefined : version;
}

/**
 * Returns an instance as its handler's version has it. One that was migrated has no way back to earlier revisions, and
 * another epoch, so that pages get it whole.
 *
 * @throws {NascError} `newer-state` if it is of a later version
 * @throws {Error} if it cannot be migrated
 */
export async function currentInstance(
  address: Address,
  stored: StoredInstance,
  { handlers, checkState }: StateVersions,
): Promise<StoredInstance> {
  const handler = findHandler(handlers, address.type);
  const current = withVersion(handler, stored);
  if (current === stored) return stored;
  const from = stored.schema ?? firstVersion;
  const state = migrateState(handler, address, { ...stored, from });
  if (checkState) {
    await assertStates([{ ...address, state }], { handlers, limit: (_name, call) => call() });
  }
  return { ...current, state, isPlain: valueKind(state) === "json", isMigrated: true };
}

/**
 * Returns an instance with what its handler's version makes of the metadata, and with the state as it is.
 *
 * @throws {NascError} `newer-state` if it is of a later version
 */
export function withVersion(handler: Handler, stored: StoredInstance): StoredInstance {
  const { schema = firstVersion, epoch } = stored;
  const version = versionOf(handler);
  assertKnown(version, schema);
  return schema === version
    ? stored
    : { ...stored, schema: version, epoch: migratedEpoch(epoch, version), log: undefined };
}

/**
 * Returns a state of an older version as one of the handler's own version, and changes nothing of what it is given.
 *
 * @throws {NascError} `newer-state` if it is of a later version
 * @throws {Error} if it cannot be migrated: there is no `migrate`, it throws, or it returns no state
 */
export function migrateState(
  handler: Handler,
  { type, id }: Address,
  { state, isPlain = false, from }: {
    readonly state: object;
    readonly isPlain?: boolean | undefined;
    readonly from: number;
  },
): object {
  const version = versionOf(handler);
  assertKnown(version, from);
  if (from === version) return state;
  const failure = `Cannot migrate ${type}/${id} from version ${from} to ${version}`;
  const { migrate } = partsOf(handler);
  if (!migrate) {
    throw new Error(`${failure}: the handler has no migrate; define migrate(state, from)`);
  }
  let migrated: unknown;
  try {
    migrated = migrate(copyState(state, isPlain), from);
  } catch (cause) {
    // Also what it throws for people: nobody has asked for a migration.
    throw new Error(`${failure}: its migrate failed`, { cause });
  }
  if (!isState(migrated)) {
    if (migrated instanceof Promise) migrated.catch(() => {});
    throw new TypeError(
      `${failure}: its migrate returned ${
        describe(migrated)
      }; return a state, and not by a promise`,
    );
  }
  try {
    return ownState(migrated);
  } catch (cause) {
    throw new TypeError(`${failure}: what its migrate returned cannot be stored`, { cause });
  }
}

/**
 * Refuses handlers with a version on a store that cannot keep it beside a state.
 *
 * @throws {Error} that names the type
 */
export function assertUnversioned(handlers: Handlers): void {
  for (const [type, handler] of Object.entries(handlers)) {
    const schema = schemaOf(handler);
    if (schema === undefined) continue;
    throw new Error(
      `Cannot run events of ${type} on a store with only load and persist: it does not keep which states are of ` +
        `version ${schema}; use an adapter`,
    );
  }
}

function versionOf(handler: Handler): number {
  return partsOf(handler).version ?? firstVersion;
}

function assertKnown(version: number, found: number): void {
  if (found <= version) return;
  throw new NascError(
    "newer-state",
    "A newer version of this application has changed this; nothing was changed, so try again",
  );
}

/** Returns whether an instance is stored as a state of an older version than it is here. */
export function isMigrated(instance: StoredInstance | undefined): boolean {
  return instance !== undefined && own(instance).isMigrated === true;
}
