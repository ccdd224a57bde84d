import { readdirSync, readFileSync } from "node:fs";

/** Returns the CPU time that a process has taken so far, in microseconds. Linux alone tells. */
export function cpuTimeOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [onCpu] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
      nanoseconds += Number(onCpu);
    } catch {
      // The thread has ended meanwhile.
    }
  }
  return nanoseconds / 1_000;
}

/** Returns the ids of the processes of this name that this one has started, and those have started. */
export function descendants(name: string, parent: number = process.pid): number[] {
  const children = readdirSync(`/proc/${parent}/task`).flatMap((thread) => {
    return readFileSync(`/proc/${parent}/task/${thread}/children`, "utf8").trim().split(" ");
  });
  return children.filter((child) => child !== "").map(Number).flatMap((child) => {
    const command = readFileSync(`/proc/${child}/comm`, "utf8").trim();
    return [...command === name ? [child] : [], ...descendants(name, child)];
  });
}
