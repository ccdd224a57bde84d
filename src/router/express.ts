import * as kind from "../shared/kinds.ts";
import { memberOf } from "../shared/own.ts";

/**
 * Throws if the options are, or have as their `app`, an app of Express: that is what the first Nasc took.
 *
 * @throws {TypeError} that says how to mount the routes beside that app
 */
export function refuseExpress(action: string, options: unknown): void {
  if (![options, memberOf(options, "app")].some(isExpress)) return;
  throw new TypeError(
    `Cannot ${action}: this is an Express app, and the routes of Nasc are a Hono app; mount them before the ` +
      'body parsers of Express, with getRequestListener of @hono/node-server: app.use("/nasc", ' +
      "getRequestListener(nasc({ handlers, store }).fetch))",
  );
}

function isExpress(app: unknown): boolean {
  return kind.hasMethods(app, "use", "get", "listen") && !kind.hasMethods(app, "fetch");
}
