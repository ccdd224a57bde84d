import { ConflictError } from "../persistence/adapter/errors.ts";
import type { Engine } from "../processor/engine.ts";
import { NascError } from "../processor/errors.ts";
import { exportInstances } from "../processor/transfer/export-instances.ts";
import { importInstances } from "../processor/transfer/import-instances.ts";
import { type Call, type ImportCall, status } from "../router/objects/wire.ts";
import type { Mail } from "./mail.ts";

/** An object whose instance moves. */
export interface Moving {
  readonly engine: Engine;
  readonly mail: Mail;
}

/**
 * Takes over lines of an instance, or messages that it has sent where it was before, each once.
 *
 * @throws {NascError} if the object sends nothing
 */
export async function importInto(
  { engine, mail }: Moving,
  { lines, options, isSent }: ImportCall,
): Promise<Response> {
  if (isSent && typeof mail.elsewhere === "string") {
    throw new NascError("unsendable", `It has sent messages, and ${mail.elsewhere}`);
  }
  try {
    // What was sent since stays.
    const how = isSent ? { existing: "keep" } as const : options;
    const imported = await importInstances(mail.store, lines, how);
    if (isSent) mail.begin(engine);
    return new Response(JSON.stringify(imported));
  } catch (error) {
    if (error instanceof ConflictError) return new Response(null, { status: status.conflict });
    throw error;
  }
}

/**
 * Returns the instance of an object as lines, once what it has sent and is due was delivered.
 *
 * @throws {NascError} `unavailable` if that cannot be
 */
export async function exportOf({ engine, mail }: Moving, { address }: Call): Promise<Response> {
  await mail.deliver(engine);
  const lines: string[] = [];
  const exported = exportInstances(mail.store, { types: [address.type] });
  for await (const line of exported) lines.push(line);
  return new Response(lines.join("\n"));
}
