import { kindsOfStore } from "../support/kinds-of-store.ts";
import { testEventIds } from "./event-ids-suite.ts";

for (const [name, open] of kindsOfStore) testEventIds(name, open);
