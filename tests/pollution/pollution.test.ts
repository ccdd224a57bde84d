import { execFile } from "node:child_process";
import { glob, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** Names that the platform itself reads of every object, so nothing works with them: JSON, and classes. */
const ofThePlatform: readonly string[] = ["constructor", "toJSON"];

/** Names that these rooms cannot bear, since they are read by what they are built on. */
const unbearable: Readonly<Record<string, readonly string[]>> = {
  // What handles of SQLite have, each driver under another name.
  "SqliteStore": ["inTransaction"],
  "a processor on SqliteStore": ["inTransaction"],
  // Requests, responses and streams read the options of their constructors without asking whose they are.
  "the router": ["headers", "mode", "signal", "start", "status", "type"],
};

const rooms = [
  "src/store",
  "persist",
  "a processor on a Ramify db",
  "MemoryStore",
  "SqliteStore",
  "a processor on SqliteStore",
  "a processor on MemoryStore",
  "a processor on a Map",
  "a processor on a plain store",
  "applyEvent and diff",
  "operations",
  "the router",
];

/** Returns the name of each optional property that the source declares: what may be absent, and then inherited. */
async function optionalNames(): Promise<string[]> {
  const names = new Set(["value", "type", "id", "event", "version", "rev", "error", "message"]);
  for await (const file of glob("{src,adapters}/**/*.ts")) {
    for (const [, name] of (await readFile(file, "utf8")).matchAll(/\b([a-zA-Z]+)\?:/g)) {
      names.add(name!);
    }
  }
  return [...names].filter((name) => !ofThePlatform.includes(name));
}

test.for(rooms)(
  "%s works the same when another library has added to Object.prototype",
  async (room) => {
    const names = (await optionalNames()).filter((name) => !unbearable[room]?.includes(name));
    expect(names).toEqual(
      expect.arrayContaining([
        "ttl",
        "ifVersion",
        "limit",
        "after",
        "metadata",
        "onError",
        "clock",
      ]),
    );
    const argument = JSON.stringify({ room, names });
    const program = new URL("run.ts", import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(process.execPath, [program, argument]);
    expect(JSON.parse(stdout)).toEqual([]);
  },
);
