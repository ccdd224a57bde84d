import type { Context } from "hono";
import type { Flash } from "../page/flash.ts";
import type { FormAction } from "../page/form-action.ts";
import type { Failed } from "../processor/outcome.ts";
import { own } from "../shared/own.ts";
import { pageOf } from "./form.ts";
import type { Hosts } from "./hosts.ts";
import { Refusal } from "./refusal.ts";

/**
 * Returns whether a refusal is shown by the page of the form. A script that fetches reads it itself, and an answer that
 * the app has made, such as one that leads to a login, stands as it is.
 */
export function isShownByPage(context: Context, { cause }: Failed, hosts: Hosts): boolean {
  if (cause instanceof Refusal && cause.response) return false;
  const mode = context.req.header("sec-fetch-mode") ?? "navigate";
  return mode === "navigate" && pageOf(context, hosts) !== undefined;
}

/** Returns what the page of a form is to show of its refusal. */
export function flashFor(
  { type = "", id = "", event = "", rows = [], keep = [] }: Partial<FormAction>,
  { error }: Failed,
  payload: Readonly<Record<string, unknown>> = {},
): Flash {
  const { code, message, fields } = own(error);
  return {
    ...{ type, id, event, rows },
    error: { code, message, ...(fields && { fields }) },
    values: kept(payload, keep),
  };
}

/** Returns the values of these names. A name that leads to a prototype has none. */
function kept(
  payload: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Flash["values"] {
  const entries = names
    .filter((name) => Object.hasOwn(payload, name) && !harmful.includes(name))
    .map((name) => [name, payload[name]] as const);
  return Object.fromEntries(entries) as Flash["values"];
}

const harmful: readonly string[] = ["__proto__", "constructor", "prototype"];
