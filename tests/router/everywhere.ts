// What the routes do in every runtime that serves.
import "./authorize-answers.test.ts";
import "./authorize.test.ts";
import "./bodies.test.ts";
import "./creation.test.ts";
import "./events.test.ts";
import "./failures.test.ts";
import "./forms.test.ts";
import "./hosts.test.ts";
import "./limit.test.ts";
import "./order.test.ts";
import "./origins.test.ts";
import "./polluting.test.ts";
import "./routes.test.ts";
import "./schemas.test.ts";
import "./stream.test.ts";
import "./unguarded.test.ts";
import "./unrouted.test.ts";
