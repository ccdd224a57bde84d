// What the routes do in every runtime that serves.
import "./authorize.test.ts";
import "./events.test.ts";
import "./failures.test.ts";
import "./handler-timeout.test.ts";
import "./origins.test.ts";
import "./routes.test.ts";
import "./stream.test.ts";
