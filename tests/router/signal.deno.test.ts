import { expect, test } from "vitest";

test("on Deno, context.signal does not abort after a good answer, and nothing is deprecated", async () => {
  const script = new URL("./signal-server-deno.ts", import.meta.url);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", script.pathname],
    env: { NO_COLOR: "1" },
  });
  const { stdout, stderr, code } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  expect({ code, stderr: text(stderr), stdout: text(stdout) }).toEqual({
    code: 0,
    stderr: "",
    stdout: '{"isAborted":false}\n',
  });
});
