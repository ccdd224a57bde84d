/** What takes requests: an app, or a server that runs one. */
export interface Requested {
  request(url: string, init?: RequestInit): Response | Promise<Response>;
}

/** Posts a message as JSON, or a string as it is. */
export async function post(
  app: Requested,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await app.request("http://rian.test/nasc/event", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}
