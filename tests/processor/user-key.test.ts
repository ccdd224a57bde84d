import { describe, expect, test } from "vitest";
import { userKeyOf } from "../../src/processor/user-key.ts";

describe("the key of a user", () => {
  test("is a text or a number as it is", async () => {
    expect(await userKeyOf("ann")).toBe("ann");
    expect(await userKeyOf(7)).toBe("7");
  });

  test("is the id of an object, or the sub of a token", async () => {
    expect(await userKeyOf({ id: "ann", seen: 1 })).toBe("ann");
    expect(await userKeyOf({ id: 0 })).toBe("0");
    expect(await userKeyOf({ sub: "ann", exp: 9 })).toBe("ann");
  });

  test("is what identify says", async () => {
    const identify = (user: unknown) => (user as { email: string }).email;
    expect(await userKeyOf({ id: 1, email: "ann" }, identify)).toBe("ann");
  });

  test("is a dash for nobody, and for users that cannot be told apart", async () => {
    for (const user of [undefined, null, {}, { role: "admin" }, Object.create({ id: "ann" })]) {
      expect(await userKeyOf(user)).toBe("-");
    }
    expect(await userKeyOf("ann", () => undefined)).toBe("-");
  });

  test("is a hash of each name that is not short and plain, and never that of another", async () => {
    const names = [
      "-",
      "",
      "ann@x.example",
      "Ærø",
      "a b",
      "a\n b",
      "x".repeat(65),
      "\ud800",
      "\ufffd",
    ];
    const keys = await Promise.all(names.map((name) => userKeyOf(name)));
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(keys).size).toBe(names.length);
  });

  test("is another one for who is named like the key of another", async () => {
    const key = await userKeyOf("ann@x.example");
    expect(await userKeyOf(key)).not.toBe(key);
    expect(await userKeyOf(key.toUpperCase())).toBe(key.toUpperCase());
  });

  test("cannot come from an identify that returns anything but text", () => {
    expect(() => userKeyOf("ann", (() => 7) as never)).toThrow(
      "Cannot identify a user: identify returned 7; return a text, such as user.id",
    );
  });
});
