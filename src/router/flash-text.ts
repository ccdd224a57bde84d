import type { Flash } from "../page/flash.ts";
import { byteLength } from "../shared/byte-length.ts";
import { own } from "../shared/own.ts";
import { fromBase64Json, toBase64Json } from "./base64-json.ts";

/** How long a flash may be shown, in milliseconds. */
export const flashAge = 60_000;
/** The most bytes of a flash as JSON: in base64, with its signature and its attributes, a cookie of less than 3 kB. */
const maxBytes = 2_000;

/** Returns a flash as the text of a cookie. What does not fit is left out: typed values first, then fields. */
export function flashText(flash: Flash, now: number): string {
  return toBase64Json([now, fitting(flash)]);
}

/**
 * Returns the flash in the text of a cookie whose signature was verified.
 *
 * @returns `undefined` if it is too old, or no flash
 */
export function flashOf(text: string, now: number): Flash | undefined {
  const value = parse(text);
  if (!Array.isArray(value)) return undefined;
  const [time, flash] = value;
  // The clocks of several servers differ.
  if (typeof time !== "number" || !(Math.abs(now - time) <= flashAge)) return undefined;
  return isFlash(flash) ? flash : undefined;
}

function fitting(flash: Flash): Flash {
  const names = namesThatFit(flash);
  let fit: Flash = { ...flash, values: pick(flash.values, names) };
  const { code, message } = fit.error;
  if (!fits(fit)) fit = { ...fit, error: { code, message } };
  for (let left = message.slice(0, maxBytes); !fits(fit) && left !== "";) {
    left = left.slice(0, Math.floor(left.length * 0.9));
    fit = { ...fit, error: { code, message: `${left.toWellFormed()}…` } };
  }
  // Names this long belong to no page of the app.
  return fits(fit) ? fit : { ...fit, type: "", id: "", event: "", rows: [] };
}

/** Returns the names of the typed values that fit. The longest go first, so that most of what was typed comes back. */
function namesThatFit(flash: Flash): readonly string[] {
  const sizes = Object.keys(flash.values)
    .map((name) => [name, sizeOf({ [name]: flash.values[name] })] as const)
    .sort(([, a], [, b]) => a - b);
  let excess = sizeOf(flash) - maxBytes;
  while (excess > 0 && sizes.length > 0) excess -= sizes.pop()![1] - "{}".length;
  return sizes.map(([name]) => name);
}

function pick(values: Flash["values"], names: readonly string[]): Flash["values"] {
  return Object.fromEntries(names.map((name) => [name, values[name]!]));
}

function fits(flash: Flash): boolean {
  return sizeOf(flash) <= maxBytes;
}

function sizeOf(value: unknown): number {
  return byteLength(JSON.stringify(value));
}

function isFlash(value: unknown): value is Flash {
  if (!isRecord(value)) return false;
  const { type, id, event, rows, error, values } = own(value);
  return [type, id, event].every(isText) && isTexts(rows) && isRecord(values) && isError(error) &&
    Object.values(values).every((one) => isText(one) || typeof one === "boolean" || isTexts(one));
}

function isError(value: unknown): value is Flash["error"] {
  if (!isRecord(value)) return false;
  const { code, message, fields } = own(value);
  return isText(code) && isText(message) &&
    (fields === undefined || isRecord(fields) && Object.values(fields).every(isText));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function parse(text: string): unknown {
  try {
    return fromBase64Json(text);
  } catch {
    return undefined;
  }
}
