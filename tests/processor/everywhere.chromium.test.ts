// The same processor in a page.
import "./closed.test.ts";
import "./processor.test.ts";
