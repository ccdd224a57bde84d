/** What guests do with a list of dishes. The server runs it, and the page has its types. */
import { NascError } from "rian";

/** A dish, and how many look forward to it. */
export interface Dish {
  readonly id: number;
  readonly name: string;
  readonly votes: number;
}

/** The state of a party. */
export interface Party {
  readonly dishes: readonly Dish[];
}

export const handlers = {
  Party: {
    mount: (): Party => ({ dishes: [{ id: 1, name: "Bread", votes: 0 }] }),
    add({ name }: { readonly name: string }, { dishes }: Party): Party {
      if (typeof name !== "string" || name.trim() === "" || name.length > 80) {
        throw new NascError("no-name", "Write what you bring, in at most 80 characters");
      }
      const id = Math.max(0, ...dishes.map((dish) => dish.id)) + 1;
      return { dishes: [...dishes, { id, name: name.trim(), votes: 0 }] };
    },
    vote({ id }: { readonly id: number }, { dishes }: Party): Party {
      return {
        dishes: dishes.map((dish) => dish.id === id ? { ...dish, votes: dish.votes + 1 } : dish),
      };
    },
  },
};
