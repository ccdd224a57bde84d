/**
 * The script that the router serves as `/nasc/client.js`. It calls {@link connect} on pages with
 * `<body na-connect>`. The attribute holds the router's path, `/nasc` if it is empty; `na-transport` beside it names
 * the transport, and `na-user` who is signed in. As `client.js?names`, which `/nasc/client-nasc.js` loads, it connects
 * every page, and binds controls by their names: so the pages of the first Nasc want it.
 *
 * @module
 */

import { naConnect, naTransport, naUser } from "../page/attributes.ts";
import { connect, type Connection } from "./connect.ts";
import { attribute, call, get } from "./dom.ts";

export { connect };

/** The connection of a page with `<body na-connect>`, once its markup has loaded. */
export let connection: Connection | undefined;

function start(): void {
  const body = get(document, "body");
  const baseUrl = attribute(body, naConnect);
  const names = import.meta.url.endsWith("?names");
  if (baseUrl === null && !names) return;
  connection = connect({
    names,
    baseUrl: baseUrl || undefined,
    transport: attribute(body, naTransport) as "sse" | null ?? undefined,
    user: attribute(body, naUser) || undefined,
  });
}

if (get(document, "readyState") === "loading") {
  call(document, "addEventListener", "DOMContentLoaded", start, { once: true });
} else start();
