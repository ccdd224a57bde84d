import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import type { StandardSchema } from "../../mod.ts";

/** The same schemas, made by a library. */
export interface Schemas {
  /** An order, whose lines have a title of a letter at least, and an amount that is 1 by default. */
  readonly order: StandardSchema<
    { lines: { title: string; amount?: number | undefined }[] },
    { lines: { title: string; amount: number }[] }
  >;
  /** A number as text, which the output has as a number. */
  readonly digits: StandardSchema<{ n: string }, { n: number }>;
  /** Parameters whose `id` begins with an a. */
  readonly params: StandardSchema<{ id: string }, { id: string }>;
}

/** The libraries that make schemas, by name. */
export const libraries: readonly (readonly [name: string, schemas: Schemas])[] = [
  ["zod", {
    order: z.object({
      lines: z.array(z.object({ title: z.string().min(1), amount: z.number().default(1) })),
    }),
    digits: z.object({ n: z.string().regex(/^\d+$/).transform(Number) }),
    params: z.object({ id: z.string().startsWith("a") }),
  }],
  ["valibot", {
    order: v.object({
      lines: v.array(v.object({
        title: v.pipe(v.string(), v.minLength(1)),
        amount: v.optional(v.number(), 1),
      })),
    }),
    digits: v.object({ n: v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number)) }),
    params: v.object({ id: v.pipe(v.string(), v.startsWith("a")) }),
  }],
  ["arktype", {
    order: type({ lines: type({ title: "string > 0", amount: "number = 1" }).array() }),
    digits: type({ n: "string.digits" }).pipe(({ n }) => ({ n: Number(n) })),
    params: type({ id: /^a/ }),
  }],
];
