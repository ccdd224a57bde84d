// Serves the app of hostile requests in a Deno of its own, and prints its port; run by hostile-sockets.test.ts.
import { hostileApp } from "./app.ts";

// tsc checks this file with the others, without Deno's types.
declare const Deno: {
  serve(
    options: {
      readonly port: number;
      readonly hostname: string;
      onListen(address: { readonly port: number }): void;
    },
    answer: (request: Request) => Response | Promise<Response>,
  ): unknown;
};

Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(port) },
  hostileApp().fetch,
);
