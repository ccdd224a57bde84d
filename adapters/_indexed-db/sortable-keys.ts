/**
 * Encoded keys in IndexedDB, which sorts strings by UTF-16 code unit, while keys sort by code point. The two orders
 * differ only in that surrogates come before the units from U+E000 up, so these two blocks change places: the "UTF-16
 * fix-up" for binary order in the Unicode Standard, section 5.17. Any other text stays as it is.
 *
 * @module
 */

const movedUnits = /[\ud800-\uffff]/g;
const firstMoved = 0xd800;
/** How many surrogates there are, and how many units after them. */
const [surrogateCount, afterCount] = [0x800, 0x2000];

/** Returns an encoded key whose order by code unit is that of the original by code point. */
export function toSortable(encodedKey: string): string {
  return rotate(encodedKey, afterCount);
}

/** Returns the encoded key that {@link toSortable} made this of. */
export function fromSortable(sortable: string): string {
  return rotate(sortable, surrogateCount);
}

/** Moves units up by this many places; those that leave the top come in at the bottom. */
function rotate(text: string, places: number): string {
  return text.replace(movedUnits, (unit) => {
    const place = unit.charCodeAt(0) - firstMoved + places;
    return String.fromCharCode(firstMoved + place % (surrogateCount + afterCount));
  });
}
