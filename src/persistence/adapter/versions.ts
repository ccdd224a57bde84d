import type { Version } from "./adapter.ts";

/**
 * A function that never returns what it returned before, nor what another one has made for the same entry: a random
 * part of its own, and a number that counts, which is shorter and sooner made than something random each time.
 */
export function createVersions(): () => Version {
  let own: string | undefined;
  let count = 0;
  return () => {
    // At the first use, as Cloudflare allows no randomness while a Worker starts. 48 bits are always 8 characters.
    own ??= btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(6))));
    return own + (count++).toString(36);
  };
}
