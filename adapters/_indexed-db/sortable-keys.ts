/**
 * Encoded keys in IndexedDB, which sorts strings by UTF-16 code unit, while keys sort by code point. The two orders
 * differ only in that surrogates come before the units from U+E000 up, so these two blocks change places: the "UTF-16
 * fix-up" for binary order in the Unicode Standard, section 5.17. Any other text stays as it is.
 *
 * @module
 */

const movedUnits = /[\ud800-\uffff]/g;
const firstSurrogate = 0xd800;
const firstAfter = 0xe000;
/** How many surrogates there are, and how many units after them. */
const [surrogateCount, afterCount] = [0x800, 0x2000];

/** Returns an encoded key whose order by code unit is that of the original by code point. */
export function toSortable(encodedKey: string): string {
  return move(
    encodedKey,
    (unit) => unit < firstAfter ? unit + afterCount : unit - surrogateCount,
  );
}

/** Returns the encoded key that {@link toSortable} made this of. */
export function fromSortable(sortable: string): string {
  return move(
    sortable,
    (unit) => unit < firstSurrogate + afterCount ? unit + surrogateCount : unit - afterCount,
  );
}

function move(text: string, place: (unit: number) => number): string {
  return text.replace(movedUnits, (unit) => String.fromCharCode(place(unit.charCodeAt(0))));
}
