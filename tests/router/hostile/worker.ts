// The app of hostile requests as a Worker, run by hostile-sockets.test.ts.
import type { Hono } from "hono";
import { hostileApp } from "./app.ts";

const worker: Hono = hostileApp();

export default worker;
