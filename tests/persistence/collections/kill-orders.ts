import { Ramify, type RamifyStore, type Schema } from "../../../src/store/mod.ts";

/** An order, and how many lines belong to it. */
export interface Order {
  id: number;
  lines: number;
  text: string;
  note?: string;
}

/** A line of an order. */
export interface Line {
  id: string;
  order: number;
  text: string;
}

export type OrderStore = RamifyStore<{
  orders: Schema<Order, "id">;
  lines: Schema<Line, "id">;
}>;

export function orderStore(): OrderStore {
  return new Ramify().createStore<{ orders: Schema<Order, "id">; lines: Schema<Line, "id"> }>({
    orders: { primaryKey: "id" },
    lines: { primaryKey: "id", indexes: ["order"] },
  });
}

const linesPerOrder = 5;
const text = "x".repeat(1_000);

/** Does the work with this number: adds an order with its lines, changes some earlier orders and cancels others. */
export function work(db: OrderStore, n: number): void {
  db.transaction(() => {
    db.orders.add({ id: n, lines: linesPerOrder, text });
    db.lines.bulkAdd(
      Array.from({ length: linesPerOrder }, (_, line) => ({ id: `${n}/${line}`, order: n, text })),
    );
    if (n % 3 === 2) db.orders.update(n - 1, { note: `changed by ${n}` });
    if (n % 5 === 4) {
      db.orders.delete(n - 2);
      db.lines.where("order").equals(n - 2).delete();
    }
  });
}
