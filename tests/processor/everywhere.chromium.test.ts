// The same processor in a page.
import "./everywhere.ts";
