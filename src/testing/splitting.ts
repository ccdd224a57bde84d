import type { Adapter, Write } from "../persistence/adapter/adapter.ts";
import { assertEqual, assertTooLarge } from "./assert.ts";
import { type Case, type CaseGroup, listAll, unconditional } from "./case.ts";

const mostWritesTried = 10_000;
const mostBytesTried = 20_000_000;

/** A commit beyond what can be all or nothing goes out in parts, unless it is conditional. */
export const splitting: CaseGroup = {
  "a commit of more writes than capabilities.atomicWrites writes them all": allWritten(tooMany),
  "a conditional commit of more writes than capabilities.atomicWrites is refused and writes nothing":
    noneWritten(tooMany),
  "a commit of more checks than capabilities.atomicWrites is refused": async (
    { adapter, type },
  ) => {
    if (adapter.capabilities.conditional === "none") return unconditional;
    const writes = tooMany(adapter, type);
    if (typeof writes === "string") return writes;
    const checks = writes.map(({ key }) => ({ type, key, ifVersion: null, check: true } as const));
    await assertTooLarge(adapter.commit(checks), "the commit");
  },
  "a commit of more bytes than capabilities.atomicBytes writes them all": allWritten(tooHeavy),
  "a conditional commit of more bytes than capabilities.atomicBytes is refused and writes nothing":
    noneWritten(tooHeavy),
};

/** Returns writes that are too much for one commit, or why there are none. */
type TooMuch = (adapter: Adapter, type: string) => Write[] | string;

function allWritten(tooMuch: TooMuch): Case {
  return async ({ adapter, type }) => {
    const writes = tooMuch(adapter, type);
    if (typeof writes === "string") return writes;
    const versions = await adapter.commit(writes);
    const listed = await listAll(adapter, type);
    assertEqual(listed.map((entry) => entry.version), versions, "the versions");
    assertEqual(listed.map((entry) => entry.key), writes.map(({ key }) => key), "the keys");
  };
}

function noneWritten(tooMuch: TooMuch): Case {
  return async ({ adapter, type }) => {
    if (adapter.capabilities.conditional === "none") return unconditional;
    const writes = tooMuch(adapter, type);
    if (typeof writes === "string") return writes;
    const conditional = writes.with(-1, { ...writes.at(-1)!, ifVersion: null });
    await assertTooLarge(adapter.commit(conditional), "the conditional commit");
    assertEqual(await listAll(adapter, type), [], "the entries");
  };
}

function tooMany({ capabilities: { atomicWrites } }: Adapter, type: string): Write[] | string {
  if (atomicWrites > mostWritesTried) return "a commit may hold more writes than are tried";
  return Array.from({ length: atomicWrites + 20 }, (_, key) => ({ type, key, value: key }));
}

function tooHeavy({ capabilities }: Adapter, type: string): Write[] | string {
  const { atomicBytes, maxValueBytes } = capabilities;
  if (atomicBytes > mostBytesTried) return "a commit may hold more bytes than are tried";
  const size = Math.min(100_000, Math.floor(maxValueBytes / 2), Math.ceil(atomicBytes / 4));
  const value = "x".repeat(size);
  return Array.from({ length: Math.ceil(atomicBytes / size) + 1 }, (_, key) => {
    return { type, key, value };
  });
}
