// The same routes in another runtime.
import "../processor/closed.test.ts";
import "../processor/processor.test.ts";
import "./routes.test.ts";
import "./stream.test.ts";
