// The same routes in another runtime.
import "../processor/apply-event.test.ts";
import "../processor/closed.test.ts";
import "../processor/faults.test.ts";
import "../processor/processor.test.ts";
import "../processor/stores.test.ts";
import "../processor/turns.test.ts";
import "../processor/updates.test.ts";
import "./routes.test.ts";
import "./stream.test.ts";
