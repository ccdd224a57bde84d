import { describeCount } from "../../shared/describe.ts";
import { describeKey } from "../../shared/key.ts";
import type { Adapter, Capabilities } from "./adapter.ts";
import { StorageLimitError } from "./errors.ts";
import type { PreparedStep } from "./prepare.ts";

/**
 * Divides the steps of a commit into parts that the backend can each apply all or none: one part, or several if no step
 * is conditional.
 *
 * @param measure Returns how many bytes a step adds to a commit.
 * @throws {StorageLimitError} when a conditional commit would need several parts.
 */
export function partitionSteps<Encoded>(
  steps: readonly PreparedStep<Encoded>[],
  adapter: Adapter,
  measure: (step: PreparedStep<Encoded>) => number,
): readonly (readonly PreparedStep<Encoded>[])[] {
  const { atomicWrites, atomicBytes } = adapter.capabilities;
  let total = 0;
  const sizes = steps.map((step) => {
    const bytes = measure(step);
    if (bytes > atomicBytes) throw tooLargeAlone(adapter, step, bytes);
    total += bytes;
    return bytes;
  });
  // Nearly all commits are one part.
  if (steps.length <= atomicWrites && total <= atomicBytes) {
    return steps.length > 0 ? [steps] : [];
  }
  const conditional = steps.some((step) => step.ifVersion !== undefined);
  if (conditional) throw tooLarge(adapter, steps.length, total);
  return split(steps, sizes, adapter.capabilities);
}

/** Fills each part with as many of the next steps as fit. */
function split<Encoded>(
  steps: readonly PreparedStep<Encoded>[],
  sizes: readonly number[],
  { atomicWrites, atomicBytes }: Capabilities,
): PreparedStep<Encoded>[][] {
  const parts: PreparedStep<Encoded>[][] = [];
  let room = { writes: 0, bytes: 0 };
  for (const [index, step] of steps.entries()) {
    const bytes = sizes[index]!;
    if (room.writes === 0 || room.bytes < bytes) {
      parts.push([]);
      room = { writes: atomicWrites, bytes: atomicBytes };
    }
    parts.at(-1)!.push(step);
    room.writes--;
    room.bytes -= bytes;
  }
  return parts;
}

function tooLargeAlone<Encoded>(
  { name, capabilities: { atomicBytes: allowed } }: Adapter,
  { type, key }: PreparedStep<Encoded>,
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
