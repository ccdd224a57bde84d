/** Serves the apps on Deno, and says on which port. */
import { serveAll } from "./apps.ts";

// tsc, which checks this file with the others, does not know the types of Deno.
declare const Deno: {
  serve(
    options: { port: number; hostname: string; onListen(address: { port: number }): void },
    handler: (request: Request, ...rest: unknown[]) => Response | Promise<Response>,
  ): void;
};

let app: ReturnType<typeof serveAll> | undefined;
Deno.serve({
  port: 0,
  hostname: "127.0.0.1",
  onListen({ port }) {
    app = serveAll(`127.0.0.1:${port}`);
    console.log(`port ${port}`);
  },
}, (request, ...rest) => app!.fetch(request, ...rest));
