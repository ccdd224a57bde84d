import { type MountParams, NascError } from "rian";
import { textOf } from "./text.ts";

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** The events of a profile. */
export const userHandler = {
  mount: ({ id }: MountParams): User => ({ id, name: "Guest", email: "" }),

  save_profile(payload: unknown, user: User): User {
    const name = textOf(payload, "name") ?? user.name;
    const email = textOf(payload, "email") ?? user.email;
    const fields = {
      ...(!name && { name: "Please enter a name" }),
      ...(!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) &&
        { email: "Please enter a valid e-mail address" }),
    };
    const [first] = Object.values(fields);
    if (first) throw new NascError("invalid-profile", first, { fields });
    return { ...user, name, email };
  },
};
