import { testBroadcasts, user } from "../router/passing-suite.ts";
import { roomHandlers as handlers } from "../router/room.ts";
import { objectApp } from "./support.ts";

testBroadcasts("over an object", (options = {}) => objectApp({ handlers, user, ...options }).app);
