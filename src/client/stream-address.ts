/**
 * Where a stream is: its address names the instances, and what the page holds of each. Proxies cut long ones off.
 *
 * @module
 */
import type { Address } from "../processor/address.ts";
import { maxFollowed } from "../processor/message.ts";

/** What any proxy lets through. */
const longestOfFew = 2_000;
/** What servers and most proxies let through, which take 8,000 and more. */
const longestOfMany = 7_000;
/** Over HTTP/1.1, a browser has six connections to a host, and events need one, too. */
const fewStreams = 3;
/** How many characters are kept free for what the page holds of an instance. */
const usualHave = 40;

/** Returns the instances in groups, each of which fits one stream. Where there are many, the streams are longer. */
export function groupsOf(url: string, addresses: readonly Address[]): readonly Address[][] {
  const groups = groupsWithin(longestOfFew, url, addresses);
  return groups.length > fewStreams ? groupsWithin(longestOfMany, url, addresses) : groups;
}

function groupsWithin(
  longest: number,
  url: string,
  addresses: readonly Address[],
): readonly Address[][] {
  const groups: Address[][] = [];
  let length = Infinity;
  for (const address of addresses) {
    const added = scopeOf(address).length + usualHave;
    let group = groups.at(-1);
    if (!group || length + added > longest || group.length === maxFollowed) {
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
  const length = url.length + scopes.join("").length;
  const usual = length + usualHave * scopes.length;
  let free = (usual > longestOfFew ? longestOfMany : longestOfFew) - length;
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
