import { fromBase64Json } from "../router/base64-json.ts";
import { admitted, type Call, callHeader, wireVersion } from "../router/objects/wire.ts";
import type { ObjectRequest } from "./platform.ts";

/** What a request to an object asks for. */
export interface Admitted<Asked extends Call = Call> {
  readonly name: string;
  readonly call: Asked;
}

/**
 * Reads a request that a Worker's router has made. Any other is refused: each from outside has headers that the platform
 * adds, and its user is whoever it says.
 */
export async function admit(request: ObjectRequest): Promise<Admitted | undefined> {
  for (const [name] of request.headers) {
    if (!admitted.includes(name)) return undefined;
  }
  const header = request.headers.get(callHeader);
  if (header === null) return undefined;
  const name = new URL(request.url).pathname.slice(1);
  const isFollowing = name === "follow";
  if (isFollowing !== (request.headers.get("upgrade") === "websocket")) return undefined;
  if (isFollowing) return { name, call: fromBase64Json(header) as Call };
  if (header !== wireVersion) return undefined;
  return { name, call: JSON.parse(await request.text()) };
}
