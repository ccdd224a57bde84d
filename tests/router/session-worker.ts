/** The session app as a Worker. */
import { sessionApp } from "./session-app.ts";

type Fetch = (request: Request, env: object) => Response | Promise<Response>;

const worker: { fetch: Fetch } = sessionApp({ reauthorize: 100 });

export default worker;
