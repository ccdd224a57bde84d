// What the processor does in every runtime.
import "./apply-event.test.ts";
import "./closed.test.ts";
import "./concurrency.test.ts";
import "./events.test.ts";
import "./failures.test.ts";
import "./faults.test.ts";
import "./handler-timeout.test.ts";
import "./kinds-of-store.test.ts";
import "./mount.test.ts";
import "./ramify-db.test.ts";
import "./receipts.test.ts";
import "../shared/serial.test.ts";
import "./turns.test.ts";
import "./updates.test.ts";
