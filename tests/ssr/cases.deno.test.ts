import { describe } from "vitest";
import { testCases } from "./cases.ts";

describe("a page painted in Deno", testCases);
