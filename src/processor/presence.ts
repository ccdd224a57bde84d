import type { HandlerContext } from "./handlers.ts";

/** What others may see of somebody who looks on: plain JSON, which is frozen. */
export type Presence = ReturnType<HandlerContext["viewers"]>[number];
