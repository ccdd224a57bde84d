import { describe } from "vitest";
import { testConnections } from "./connections.ts";
import { serveNode } from "./serve-node.ts";

describe("a kept connection to Node", () => testConnections(serveNode, { closes: true }));
