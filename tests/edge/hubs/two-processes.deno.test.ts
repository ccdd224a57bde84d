import { afterAll } from "vitest";
import { testTwoProcesses } from "./two-processes-suite.ts";

const folder = Deno.makeTempDirSync();
afterAll(() => Deno.removeSync(folder, { recursive: true }));

const program = new URL("./deno-process.ts", import.meta.url);

/** Reads the first line of a program's output, its port. */
async function readPort(stdout: ReadableStream<Uint8Array>): Promise<number> {
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of stdout) {
    output += decoder.decode(chunk, { stream: true });
    if (output.includes("\n")) break;
  }
  return Number(output);
}

testTwoProcesses("two processes of Deno on one file of Deno KV", async () => {
  const start = () =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--unstable-kv", program.pathname, `${folder}/processes.db`],
      stdout: "piped",
    }).spawn();
  const children = [start(), start()];
  const [one, two] = await Promise.all(children.map(({ stdout }) => readPort(stdout)));
  return {
    ports: [one!, two!],
    async end() {
      for (const child of children) child.kill();
      await Promise.all(children.map(({ status }) => status));
    },
  };
});

testTwoProcesses("two Workers of Deno with a BroadcastChannel", async () => {
  const workers = [0, 1].map(() =>
    new Worker(program, { type: "module", name: `${folder}/workers.db` })
  );
  const [one, two] = await Promise.all(
    workers.map((worker) =>
      new Promise<number>((resolve) => worker.onmessage = ({ data }) => resolve(data))
    ),
  );
  return { ports: [one!, two!], end: () => workers.forEach((worker) => worker.terminate()) };
});
