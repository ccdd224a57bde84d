/**
 * Lets `vi.waitFor` and `vi.waitUntil` wait as long as `expect.poll`: Vitest has no option for it, and gives them a
 * second. Vitest runs this before each file of tests.
 *
 * @module
 */
import { vi } from "vitest";
import { patience } from "./patience.ts";

type Waiting = typeof vi.waitFor | typeof vi.waitUntil;

function patient<Wait extends Waiting>(wait: Wait): Wait {
  return ((callback: () => unknown, options: object | number = {}) => {
    if (typeof options === "number") return wait(callback, options);
    return wait(callback, { timeout: patience.condition, ...options });
  }) as Wait;
}

vi.waitFor = patient(vi.waitFor);
vi.waitUntil = patient(vi.waitUntil);
