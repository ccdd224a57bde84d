import type { Version } from "./adapter.ts";

/**
 * A function that never returns what it or another one returned before: a random part of its own, and a number that
 * counts, which is shorter and sooner made than something random each time.
 */
export function createVersions(): () => Version {
  let own: string | undefined;
  let count = 0;
  return () => {
    // At the first use, as Cloudflare allows no randomness while a Worker starts. These are 62 random bits.
    own ??= crypto.randomUUID().slice(19);
    return `${own}.${(count++).toString(36)}`;
  };
}
