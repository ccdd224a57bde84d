import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { descendants } from "../events/cpu-time.ts";

/** What `/proc/net/tcp` says of a socket that listens. */
const listening = "0A";

/**
 * Returns the port of the workerd that runs the Worker, behind the one at which wrangler listens, which takes longer than
 * all that is measured. Linux alone tells.
 */
export function innerPort(outer: number): number {
  const ports = descendants("workerd").flatMap(portsOf).filter((port) => port !== outer);
  const [port] = ports;
  if (ports.length !== 1) throw new Error(`Cannot find the Worker: the ports are ${ports}`);
  return port!;
}

function portsOf(pid: number): number[] {
  const inodes = new Set(readdirSync(`/proc/${pid}/fd`).map((name) => socketAt(pid, name)));
  const [, ...lines] = readFileSync(`/proc/${pid}/net/tcp`, "utf8").trim().split("\n");
  return lines.map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === listening && inodes.has(inode))
    .map(([, address]) => parseInt(address!.split(":")[1]!, 16));
}

/** Returns the inode of the socket that a file descriptor is, if it is one. */
function socketAt(pid: number, name: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.[1];
  } catch {
    // It was closed meanwhile.
    return undefined;
  }
}
