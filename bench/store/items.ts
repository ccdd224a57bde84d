/** A document: eight fields, of which three are looked up, one holds elements and one has an order. */
export interface Item {
  id: number;
  name: string;
  status: string;
  city: string;
  active: boolean;
  n: number;
  score: number;
  tags: string[];
}

/** Makes items in random order: a quarter has each status, about a hundred each city, and `n` is a permutation. */
export function itemsOf(size: number): Item[] {
  const order = shuffled(size, 1);
  const ranks = shuffled(size, 2);
  return order.map((id, i) => ({
    id,
    name: `name ${ranks[i]}`,
    status: `s${ranks[i]! % 4}`,
    city: `c${i % Math.ceil(size / 100)}`,
    active: i % 2 === 0,
    n: ranks[i]!,
    score: (i % 97) / 7,
    tags: [`t${i % 50}`, `u${i % 7}`],
  }));
}

/** Returns the numbers below `size` in an order that is random but, for one seed, the same in every run. */
export function shuffled(size: number, start: number): number[] {
  const numbers = Array.from({ length: size }, (_, i) => i);
  let seed = start;
  for (let i = size - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const j = (seed >>> 8) % (i + 1);
    [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
  }
  return numbers;
}

let value = 0;

/** Returns a number that was not used before, because writing a value that is there already may be no write at all. */
export function newValue(): number {
  return value++;
}

/** Returns one of a few cities, a different one from that of the previous write. */
export function newCity(): string {
  return `c${value++ % 7}`;
}
