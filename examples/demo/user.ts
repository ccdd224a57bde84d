import { type MountParams, NascError } from "rian";

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** The events of a profile. */
export const userHandler = {
  mount: ({ id }: MountParams): User => ({ id, name: "Guest", email: "" }),

  save_profile(payload: { name?: string; email?: string }, user: User): User {
    const name = String(payload?.name ?? user.name).trim();
    const email = String(payload?.email ?? user.email).trim();
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
