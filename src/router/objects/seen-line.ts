import { formatLine, parseLine } from "../../processor/transfer/instance-line.ts";
import type { Revision } from "../../processor/epoch.ts";
import type { Address } from "../../processor/address.ts";
import type { SeenInstance } from "../seen-instance.ts";

/** Returns what is seen of an instance as one line, in which its values keep their types; empty for nothing. */
export function seenLine({ type, id }: Address, seen: SeenInstance | undefined): string {
  if (!seen) return "";
  const { rev, epoch, state } = seen;
  return formatLine({ type, key: id, value: state, metadata: { rev, epoch } });
}

/** Reads what {@link seenLine} wrote. */
export function readSeen(line: string): SeenInstance | undefined {
  if (line === "") return undefined;
  const { value, metadata } = parseLine(line);
  const { rev, epoch } = metadata as Revision;
  return { rev, epoch, state: value as object };
}
