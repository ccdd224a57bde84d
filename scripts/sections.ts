/** The output of one of several things that run at once. */
export interface Section {
  print(text: string): void;
  /** Lets the next section be written. */
  end(): void;
}

/** Returns sections that are written one after the other, each whole: the first one that has not ended as it comes. */
export function sections(count: number, write: (text: string) => void): Section[] {
  const kept = Array.from({ length: count }, () => "");
  const ended = new Set<number>();
  let open = 0;
  function advance(): void {
    while (open < count) {
      write(kept[open]!);
      kept[open] = "";
      if (!ended.has(open)) return;
      open++;
    }
  }
  return kept.map((_, index) => ({
    print(text) {
      kept[index] += text;
      if (index === open) advance();
    },
    end() {
      ended.add(index);
      if (index === open) advance();
    },
  }));
}
