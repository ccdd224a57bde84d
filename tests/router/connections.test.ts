import { describe } from "vitest";
import { testConnections } from "./connections.ts";
import { serveNode } from "../support/serve-node.ts";

describe("a kept connection to Node", () => testConnections(serveNode, { closes: true }));
