import { clientScript } from "./client-script.ts";

/** Serves `GET /client.js`: the browser runtime. */
export function clientRoute(): Response {
  return new Response(clientScript, {
    status: 200,
    headers: {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=0, must-revalidate",
    },
  });
}
