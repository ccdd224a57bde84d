import type { Env } from "hono";
import type { NascOptions } from "./options.ts";

const warnings: { readonly [Name in "authorize" | "hosts"]: string } = {
  authorize: "Nasc: authorize is not set, so every request may read and change everything; " +
    'pass a function, or authorize: "everyone"',
  hosts:
    "Nasc: hosts is not set, so a stranger's name that leads here counts as this server's own " +
    '(DNS rebinding); pass hosts: ["app.example"], or hosts: "any" where the platform routes only ' +
    "your own names, as Workers and Deno Deploy do",
};

/** Returns a function that says on the console, when it is first called, which guards the options do not mention. */
export function warnerOfUnguarded<E extends Env>({ authorize, hosts }: NascOptions<E>): () => void {
  let hasWarned = false;
  return () => {
    if (hasWarned) return;
    hasWarned = true;
    if (authorize === undefined) console.warn(warnings.authorize);
    if (hosts === undefined) console.warn(warnings.hosts);
  };
}
