/**
 * Where a stream is: its address names the instances, and what the page holds of each. Proxies cut long ones off.
 *
 * @module
 */
import type { Address } from "../processor/address.ts";

/** So a stream has fewer than 50 scopes, which is what a server takes. */
const longestAddress = 2_000;
/** How many characters are kept free for what the page holds of an instance. */
const usualHave = 40;

/** Returns the instances in groups, each of which fits one stream. */
export function groupsOf(url: string, addresses: readonly Address[]): readonly Address[][] {
  const groups: Address[][] = [];
  let length = Infinity;
  for (const address of addresses) {
    const added = scopeOf(address).length + usualHave;
    let group = groups.at(-1);
    if (!group || length + added > longestAddress) {
      groups.push(group = []);
      length = url.length;
    }
    group.push(address);
    length += added;
  }
  return groups;
}

/** Returns the address of the stream of a group. What the page holds and does not fit is left out, and comes whole. */
export function streamAddress(
  url: string,
  addresses: readonly Address[],
  haves: readonly string[],
): string {
  const scopes = addresses.map(scopeOf);
  let free = longestAddress - url.length - scopes.join("").length;
  const query = scopes.map((scope, index) => {
    const have = encodeURIComponent(haves[index] ?? "");
    if (have.length > free) return scope;
    free -= have.length;
    return scope + have;
  });
  return `${url}?${query.join("").slice(1)}`;
}

function scopeOf({ type, id }: Address): string {
  return `&scope=${encodeURIComponent(`${type}:${id}`)}&have=`;
}
