// What the routes do in every runtime that serves.
import "./authorize.test.ts";
import "./bodies.test.ts";
import "./events.test.ts";
import "./failures.test.ts";
import "./forms.test.ts";
import "./origins.test.ts";
import "./polluting.test.ts";
import "./routes.test.ts";
import "./stream.test.ts";
import "./unrouted.test.ts";
