// Run by signal.deno.test.ts.
import { signalAfterAnswer } from "./signal-server.ts";

// tsc checks this file with the others, without Deno's types.
declare const Deno: {
  serve(
    options: { readonly port: number; readonly hostname: string; onListen(): void },
    answer: (request: Request) => Response | Promise<Response>,
  ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
};

const isAborted = await signalAfterAnswer({
  serve(answer) {
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, answer);
    const url = `http://127.0.0.1:${server.addr.port}`;
    return Promise.resolve({ url, stop: () => server.shutdown() });
  },
});
console.log(JSON.stringify({ isAborted }));
