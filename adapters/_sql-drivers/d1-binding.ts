import { hasMethods, type Kind } from "../../src/shared/kinds.ts";

/** The part of a D1 binding that the stores use. */
export interface D1Binding {
  /** Makes a statement. */
  prepare(sql: string): D1BindingStatement;
  /** Runs statements in one transaction. */
  batch(statements: D1BindingStatement[]): Promise<readonly { readonly results: unknown[] }[]>;
}

/** The kind of a D1 binding. */
export const d1Kind: Kind = {
  fits: (value) => hasMethods(value, "prepare", "batch"),
  cure: "a D1 binding, such as env.DB",
  isRequired: true,
};

/** A statement that a {@link D1Binding} prepared. */
export interface D1BindingStatement {
  /** Returns the statement with these values. */
  bind(...values: unknown[]): D1BindingStatement;
  /** Runs the statement alone. */
  run(): Promise<
    { readonly results: unknown[]; readonly meta: { readonly changes: number } }
  >;
}
