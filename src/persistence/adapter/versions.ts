import type { Version } from "./adapter.ts";

/**
 * Returns a function that makes versions: each is one that neither it nor another such function returned before. It has
 * a random part of its own and a number that counts, which is shorter and faster than something random each time.
 */
export function createVersions(): () => Version {
  let own: string | undefined;
  let count = 0;
  return () => {
    // At the first use, because Cloudflare allows no randomness while a Worker starts. 48 bits are always 8 characters.
    own ??= btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(6))));
    return own + (count++).toString(36);
  };
}
