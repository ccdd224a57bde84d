/** The session app as a Worker, for its sockets. */
import { sessionApp } from "./session-app.ts";
import { socketOptions } from "./socket-options.ts";

type Fetch = (request: Request, env: object) => Response | Promise<Response>;

const worker: { fetch: Fetch } = sessionApp(socketOptions);

export default worker;
