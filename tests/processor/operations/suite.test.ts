import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { applyOperations } from "../../../src/processor/operations/apply-operations.ts";
import type { Operation } from "../../../src/processor/operations/operation.ts";
import { deepFreeze } from "./support.ts";

interface Case {
  readonly comment?: string;
  readonly doc: unknown;
  readonly patch: readonly Operation[];
  readonly expected?: unknown;
  readonly error?: string;
  readonly disabled?: boolean;
}

const require = createRequire(import.meta.url);

/** Cases that cannot be run, and why, by their comment. */
const skipped: Readonly<Record<string, string>> = {
  "duplicate ops": "the second `op` of its text is lost when JSON is parsed",
  "A.13 Invalid JSON Patch Document": "the second `op` of its text is lost when JSON is parsed",
};

describe.for(["tests.json", "spec_tests.json"])("%s of json-patch-test-suite", (file) => {
  const cases: readonly Case[] = require(`json-patch-test-suite/${file}`);
  const able = cases.filter(({ comment = "" }) => !Object.hasOwn(skipped, comment));

  test.for(able.map((each) => [each.comment ?? JSON.stringify(each.patch), each] as const))(
    "%s",
    ([, { doc, patch, expected, error }]) => {
      const state = deepFreeze(structuredClone(doc));
      deepFreeze(patch);
      if (error !== undefined) {
        expect(() => applyOperations(state, patch)).toThrow(/^Cannot apply operation \d+: /);
      } else {
        const applied = applyOperations(state, patch);
        // A case without an expectation is one of `test` operations alone, which change nothing.
        expect(applied).toEqual(expected === undefined ? doc : expected);
      }
      expect(state).toEqual(doc);
    },
  );

  test("runs whole, but for the cases that are named with their reason", () => {
    expect(cases.length - able.length).toBe(1);
    // Those that the suite itself disables for some libraries run here.
    expect(able.some(({ disabled }) => disabled)).toBe(file === "tests.json");
  });
});
