/** Returns a response of JSON text. Hono's own takes what other libraries added to all objects for headers. */
export function jsonResponse(
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(text, {
    status: 200,
    headers: { "content-type": "application/json", ...headers },
  });
}
