import { type Adapter, createProcessor } from "../../mod.ts";
import { counterHandlers, counterMessage, errorCode } from "./counter.ts";

/**
 * Sends 1,000 increments at once through two processors that know as little of each other as two processes do, and
 * returns the final count and the error codes that came back.
 */
export async function thousandIncrements(
  open: () => Adapter,
): Promise<{ count: number; errors: string[] }> {
  const stores = [open(), open()];
  const processors = stores.map((store) => createProcessor(counterHandlers, store));
  await processors[0]!(counterMessage({ event: "mount" }));
  const answers = await Promise.all(
    Array.from({ length: 1000 }, (_, index) => processors[index % 2]!(counterMessage())),
  );
  const errors = answers.map(errorCode).filter((code) => code !== undefined);
  const { count } = await stores[1]!.load("Counter", "visits");
  return { count, errors };
}
