/**
 * Returns 53 bits that depend on each character (cyrb53, in the public domain), in base 36. It guards against accidents,
 * not against enemies.
 */
export function hash(text: string): string {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  const mix = (a: number, b: number) =>
    Math.imul(a ^ a >>> 16, 2246822507) ^ Math.imul(b ^ b >>> 13, 3266489909);
  high = mix(high, low);
  low = mix(low, high);
  return (0x100000000 * (0x1fffff & low) + (high >>> 0)).toString(36);
}
