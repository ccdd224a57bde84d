import type { ListStep } from "./list-steps.ts";

/** An item that changed, came or moved. */
export interface TouchedItem {
  /** Where it is after all steps. */
  index: number;
  /** Whether it came or moved, so its row is to be placed. */
  readonly isPlaced: boolean;
}

/** What steps make of a list of rows. */
export interface SteppedRows<Row> {
  /** The rows in their new order, with `undefined` in the place of each new one. */
  readonly rows: (Row | undefined)[];
  /** The rows that go. */
  readonly gone: readonly Row[];
  readonly touched: TouchedItem[];
}

/** Makes steps in a copy of a list of rows. The copy apart, what that takes depends on the number of steps only. */
export function takeSteps<Row>(
  before: readonly Row[],
  steps: readonly ListStep[],
): SteppedRows<Row> {
  const rows: (Row | undefined)[] = [...before];
  const gone: Row[] = [];
  let touched: TouchedItem[] = [];

  function shift(from: number, by: number): void {
    for (const item of touched) if (item.index >= from) item.index += by;
  }

  for (const { from, to } of steps) {
    if (from !== undefined && from === to) {
      touched.push({ index: to, isPlaced: false });
      continue;
    }
    let row: Row | undefined;
    if (from !== undefined) {
      [row] = rows.splice(from, 1);
      touched = touched.filter(({ index }) => index !== from);
      shift(from, -1);
    }
    if (to !== undefined) {
      rows.splice(to, 0, row);
      shift(to, 1);
      touched.push({ index: to, isPlaced: true });
    } else if (row) gone.push(row);
  }
  return { rows, gone, touched };
}
