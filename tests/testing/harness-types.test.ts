import { expect, expectTypeOf, test } from "vitest";
import { defineHandler, type Handlers } from "../../mod.ts";
import { jsonSchema } from "../../src/json-schema/mod.ts";
import { harness } from "../../src/testing/mod.ts";

interface Shopper {
  readonly id: string;
}

const Cart = defineHandler<{ user: Shopper }>()({
  mount: () => ({ goods: [] as string[], total: 0 }),
  schemas: {
    put: jsonSchema<{ name: string; price: number }>({ required: ["name", "price"] }),
  },
  internal: ["credit"],
  put: ({ name, price }, cart) => ({ goods: [...cart.goods, name], total: cart.total + price }),
  credit: (amount: number, cart) => ({ ...cart, total: cart.total - amount }),
  clear: (_: undefined, _cart) => ({ goods: [], total: 0 }),
});

test("the compiler knows the types, events, payloads, users and states of defined handlers", async () => {
  const { send, mount, state, see } = harness({ Cart });
  const user = { id: "ada" };
  const put = await send("Cart", "c", "put", { name: "tea", price: 3 }, { user });
  expectTypeOf(put.state).toEqualTypeOf<{ goods: string[]; total: number } | undefined>();
  expectTypeOf(put.diff).toEqualTypeOf<Partial<{ goods: string[]; total: number }>>();
  expectTypeOf(put.told).parameter(0).toEqualTypeOf<Shopper>();
  expect(put.state).toEqual({ goods: ["tea"], total: 3 });
  // Internal events are the server's own, and so are tests.
  expect((await send("Cart", "c", "credit", 1)).state?.total).toBe(2);
  expect((await send("Cart", "c", "clear")).state?.goods).toEqual([]);
  expectTypeOf(await state("Cart", "c")).toEqualTypeOf<typeof put.state>();
  await mount("Cart", "c", { user });
  await see("Cart", "c", { user });

  // @ts-expect-error -- there is no such type
  await send("Basket", "c", "put", { name: "tea", price: 3 });
  // @ts-expect-error -- there is no such event
  await send("Cart", "c", "steal");
  // @ts-expect-error -- a price is a number
  await send("Cart", "c", "put", { name: "tea", price: "3" });
  // @ts-expect-error -- it takes a payload
  await send("Cart", "c", "put");
  // @ts-expect-error -- users have ids
  await send("Cart", "c", "clear", undefined, { user: "ada" });
  // @ts-expect-error -- there is no such type
  await mount("Basket", "c");
  // @ts-expect-error -- there is no such type
  await state("Basket", "c");
});

test("handlers that are plain objects take any message, and their states are what mount returns", async () => {
  const Lamp = {
    mount: async () => ({ isLit: false }),
    light: (isLit: boolean) => ({ isLit }),
  };
  const { send } = harness({ Lamp });
  const { state } = await send("Lamp", "l", "light", true);
  expectTypeOf(state).toEqualTypeOf<{ isLit: boolean } | undefined>();
  expect(state?.isLit).toBe(true);
  await send("Candle", "c", "light", { any: "thing" }, { user: 5 });

  const any: Handlers = { Lamp };
  const sent = await harness(any).send("Lamp", "l", "light", false);
  expectTypeOf(sent.state).toEqualTypeOf<Record<string, unknown> | undefined>();
});
