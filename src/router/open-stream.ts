import type { Context, Env } from "hono";
import type { ProcessContext } from "../processor/mod.ts";
import { assertPermitted } from "../processor/permission.ts";
import { systemClock } from "../shared/clock.ts";
import type { Engines } from "./engines.ts";
import type { HangUps } from "./hang-ups.ts";
import type { InstanceHome } from "./home.ts";
import { askLimit } from "./limit.ts";
import type { Demand, NascOptions } from "./options.ts";
import { processContext } from "./process-context.ts";
import type { Shutdown } from "./shutdown.ts";
import { StreamLife } from "./stream-life.ts";
import { askUser } from "./user.ts";
import { Viewer } from "./viewer.ts";

/** Options of {@link openStream}. */
export interface OpenStreamOptions<E extends Env> {
  readonly options: NascOptions<E>;
  readonly engines: Engines<E>;
  readonly hangUps: HangUps;
  readonly shutdown: Shutdown;
  /** The protocol that the page speaks. */
  readonly protocol: 1 | 2;
  /** Whether it is none, but a page that looks once. */
  readonly isPoll?: boolean;
  /** What the stream demands of the server. */
  readonly demand: Omit<Demand, "kind" | "user">;
  /** Returns the response, and ends a stream that this is not. */
  readonly serve: (opened: OpenedStream<E>) => Response | Promise<Response>;
}

/** A stream of a known user, within the limit, which follows nothing yet. */
export interface OpenedStream<E extends Env> {
  readonly home: InstanceHome;
  readonly viewer: Viewer;
  readonly life: StreamLife<E>;
  /** The stream's token, which no other has and nobody guesses. */
  readonly token: string;
  /** The key of the user whose stream it is. */
  readonly userKey: string;
  readonly outside: ProcessContext;
}

/** Opens a stream, serves it, and ends it if anything is thrown on the way. */
export async function openStream<E extends Env>(
  context: Context<E>,
  { options, engines, hangUps, shutdown, protocol, isPoll, demand, serve }: OpenStreamOptions<E>,
): Promise<Response> {
  const { clock = systemClock } = options;
  const home = engines.for(context);
  const token = randomToken();
  const viewer = new Viewer(home, { clock, token, protocol, isPoll, until: untilOf(options) });
  const life = new StreamLife(context, viewer, { options, hangUps, shutdown });
  engines.work.begin();
  try {
    const user = await askUser(context, options);
    const userKey = await life.belongsTo(user);
    assertPermitted(await askLimit(context, options, { kind: "stream", ...demand, user }));
    const outside = processContext(context, options, user);
    return await serve({ home, viewer, life, token, userKey, outside });
  } catch (error) {
    life.end();
    throw error;
  } finally {
    engines.work.end();
  }
}

/** Returns when a stream that opens now has ended at the latest. */
function untilOf<E extends Env>(
  { clock = systemClock, maxStreamAge = 60 * 60_000 }: NascOptions<E>,
): number {
  return clock.now() + 1.1 * maxStreamAge;
}

/** Returns 128 random bits. */
function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
