import { describeKey } from "../../shared/key.ts";
import type { Adapter, Capabilities } from "./adapter.ts";
import { describeCount, StorageLimitError } from "./errors.ts";
import type { PreparedWrite } from "./prepare.ts";

/**
 * The writes of a commit in parts that the backend can each apply all or none: one part, or several if no write
 * is conditional.
 *
 * @param measure How many bytes a write adds to a commit.
 * @throws {StorageLimitError} when a conditional commit would need several parts.
 */
export function partitionWrites<Encoded>(
  writes: readonly PreparedWrite<Encoded>[],
  adapter: Adapter,
  measure: (write: PreparedWrite<Encoded>) => number,
): readonly (readonly PreparedWrite<Encoded>[])[] {
  const { atomicWrites, atomicBytes } = adapter.capabilities;
  let total = 0;
  const sizes = writes.map((write) => {
    const bytes = measure(write);
    if (bytes > atomicBytes) throw tooLargeAlone(adapter, write, bytes);
    total += bytes;
    return bytes;
  });
  // As nearly all commits do.
  if (writes.length <= atomicWrites && total <= atomicBytes) {
    return writes.length > 0 ? [writes] : [];
  }
  const conditional = writes.some((write) => write.ifVersion !== undefined);
  if (conditional) throw tooLarge(adapter, writes.length, total);
  return split(writes, sizes, adapter.capabilities);
}

/** Each part takes as many of the next writes as fit. */
function split<Encoded>(
  writes: readonly PreparedWrite<Encoded>[],
  sizes: readonly number[],
  { atomicWrites, atomicBytes }: Capabilities,
): PreparedWrite<Encoded>[][] {
  const parts: PreparedWrite<Encoded>[][] = [];
  let room = { writes: 0, bytes: 0 };
  for (const [index, write] of writes.entries()) {
    const bytes = sizes[index]!;
    if (room.writes === 0 || room.bytes < bytes) {
      parts.push([]);
      room = { writes: atomicWrites, bytes: atomicBytes };
    }
    parts.at(-1)!.push(write);
    room.writes--;
    room.bytes -= bytes;
  }
  return parts;
}

function tooLargeAlone<Encoded>(
  { name, capabilities: { atomicBytes: allowed } }: Adapter,
  { type, key }: PreparedWrite<Encoded>,
  actual: number,
): StorageLimitError {
  return new StorageLimitError(
    `Cannot commit to ${name}: ${type}/${describeKey(key)} takes ${describeCount(actual)} bytes ` +
      `with its key and metadata, and a commit holds ${describeCount(allowed)}; split the document`,
    { limit: "bytes per commit", allowed, actual },
  );
}

function tooLarge(
  { name, capabilities: { atomicWrites, atomicBytes } }: Adapter,
  writes: number,
  bytes: number,
): StorageLimitError {
  const [limit, allowed, actual] = writes > atomicWrites
    ? ["writes", atomicWrites, writes] as const
    : ["bytes", atomicBytes, bytes] as const;
  return new StorageLimitError(
    `Cannot commit to ${name}: the commit has ${describeCount(actual)} ${limit}, some of them ` +
      `conditional, and ${describeCount(allowed)} are all or nothing; commit less at a time`,
    { limit: `${limit} per commit`, allowed, actual },
  );
}
