// The same processor and routes in another runtime.
import "../processor/everywhere.ts";
import "./everywhere.ts";
