// The same processor in a page.
import "./apply-event.test.ts";
import "./closed.test.ts";
import "./faults.test.ts";
import "./processor.test.ts";
import "./stores.test.ts";
import "./turns.test.ts";
import "./updates.test.ts";
