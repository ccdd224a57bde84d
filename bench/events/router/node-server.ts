/** Serves the apps on Node, and says on which port. */
import { createAdaptorServer } from "@hono/node-server";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serveAll } from "./apps.ts";

const server = createAdaptorServer({ fetch: (request, ...rest) => app.fetch(request, ...rest) });
// What is measured has its turn again only once all others have had theirs.
(server as Server).keepAliveTimeout = 0;
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const app = serveAll(`127.0.0.1:${port}`);
console.log(`port ${port}`);
