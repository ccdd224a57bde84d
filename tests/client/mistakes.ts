import { onTestFinished, vi } from "vitest";
import * as reports from "../../src/client/report.ts";

/** Silences the console for one test. The result returns what it was told so far. */
export function hearMistakes(): () => Promise<string[]> {
  const error = vi.spyOn(console, "error").mockReturnValue();
  onTestFinished(async () => {
    await reports.reported;
    error.mockRestore();
  });
  return async () => {
    await reports.reported;
    return error.mock.calls.map(([text]) => String(text));
  };
}
