import { handlersKind, sharedKinds, storeKind } from "../processor/kinds.ts";
import { checkOptions } from "../shared/check-options.ts";
import * as kind from "../shared/kinds.ts";
import { memberOf } from "../shared/own.ts";
import { normalAuthority } from "./hosts.ts";
import type { NascOptions } from "./options.ts";

const { schemaProvider, identify, ...otherKinds } = sharedKinds;

// In the order of NascOptions, in which an error lists them.
const optionKinds: kind.Kinds<NascOptions> = {
  handlers: handlersKind,
  store: {
    fits: (value) => storeKind.fits(value) || kind.callback.fits(value),
    cure: `${storeKind.cure}, or a function that returns one`,
  },
  instances: { fits: kind.callback.fits, cure: "a function, such as (c) => c.env.NASC" },
  schemaProvider,
  user: kind.callback,
  identify,
  presence: kind.callback,
  authorize: {
    fits: (value) => value === "everyone" || kind.callback.fits(value),
    cure: 'a function, or "everyone"',
  },
  limit: kind.callback,
  hosts: {
    fits: (value) => value === "any" || Array.isArray(value) && value.length > 0,
    cure: 'a list of hosts, such as ["app.example"], or "any"',
    each: {
      fits: isHost,
      cure: 'a host without scheme and path, such as "app.example" or "localhost:8787"',
    },
  },
  origins: {
    fits: Array.isArray,
    cure: 'a list of origins, such as ["https://app.example"]',
    each: { fits: isOrigin, cure: 'an origin without a path, such as "https://app.example"' },
  },
  secret: {
    fits: (value) => typeof value === "string",
    cure: "at least 16 characters, the same in every process",
    // An error may be logged, so it does not show it.
    problem: (value) =>
      (value as string).length < 16
        ? ` has ${(value as string).length} characters; pass at least 16, the same in every process`
        : undefined,
  },
  maxBodyBytes: {
    fits: (value) => typeof value === "number" && value >= 0,
    cure: "bytes, a number from 0 up",
  },
  heartbeat: kind.duration,
  reauthorize: kind.deadline,
  maxStreamAge: kind.deadline,
  upgradeWebSocket: {
    ...kind.callback,
    cure: "a function, such as the upgradeWebSocket of @hono/node-server",
  },
  ...otherKinds,
};

/**
 * Refuses wrong options of a function that puts a processor behind HTTP.
 *
 * @param more The kinds of options that only this function has.
 * @returns The options, none of them inherited.
 * @throws {TypeError} that says what to pass.
 */
export function checkNascOptions<Options extends object>(
  action: string,
  options: Options,
  more: Readonly<Record<string, kind.Kind>> = {},
): Options {
  const kinds = { ...more, ...optionKinds };
  // Where the instances are has to be said, and once.
  const hasObjects = memberOf(options, "instances") !== undefined;
  const store = { ...kinds["store"]!, isRequired: !hasObjects };
  const required = { ...kind.optionsOf({ ...kinds, store }), isRequired: true };
  const checked = checkOptions(action, { options }, { options: required }).options;
  if (hasObjects && memberOf(options, "store") !== undefined) {
    throw new TypeError(`Cannot ${action}: store and instances are both there; pass one of them`);
  }
  if (hasObjects && memberOf(options, "presence") !== undefined) {
    throw new TypeError(
      `Cannot ${action}: the objects list who looks on; pass presence to nascObject`,
    );
  }
  return checked;
}

/** Returns whether a value is a host, with its port if need be. */
function isHost(value: unknown): boolean {
  return typeof value === "string" && normalAuthority(value) !== undefined;
}

/** Returns whether a value is an origin as browsers send it. */
function isOrigin(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return value === "null";
  const { origin } = new URL(value);
  // To URL, the origin of an extension is opaque.
  return origin === "null" ? /^[a-z][a-z\d+.-]*:\/\/[^/?#]+$/.test(value) : origin === value;
}
