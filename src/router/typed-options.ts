import type { Context, Env } from "hono";
import type { DefinedHandler } from "../processor/defined-handler.ts";

/**
 * Options that fit their handlers: `user` returns what those that were made by `defineHandler` expect, and is there
 * unless they expect nobody too.
 */
export type OptionsFor<Options, E extends Env, Given> =
  & Omit<Options, "handlers" | "user" | "presence">
  & { readonly handlers: Given }
  & { readonly presence?: (user: UserFor<Given>) => object | undefined }
  & UserOption<E, UserFor<Given>>;

type UserOption<E extends Env, User> = undefined extends User ? { readonly user?: AskUser<E, User> }
  : { readonly user: AskUser<E, User> };

type AskUser<E extends Env, User> = (
  context: Context<E>,
) => User | Response | Promise<User | Response>;

/** The user that all of these handlers expect: anything, if they say nothing of it. */
type UserFor<Given> = [Expectation<Given>] extends [never] ? unknown
  : Expectation<Given> extends (user: infer User) => void ? User
  : unknown;

type Expectation<Given> = {
  [Type in keyof Given]: Given[Type] extends DefinedHandler<infer Info>
    ? (user: Info["user"]) => void
    : never;
}[keyof Given];
