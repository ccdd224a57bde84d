// What the routes do in every runtime that serves.
import "./authorize.test.ts";
import "./authorize-answers.test.ts";
import "./client-streams.test.ts";
import "./creation.test.ts";
import "./events.test.ts";
import "./failures.test.ts";
import "./hosts.test.ts";
import "./limit.test.ts";
import "./order.test.ts";
import "./origins.test.ts";
import "./routes.test.ts";
import "./schemas.test.ts";
import "./stream-hang-up.test.ts";
import "./stream-reauthorize.test.ts";
import "./stream.test.ts";
import "./unguarded.test.ts";
