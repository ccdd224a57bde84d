import type { Context, Env } from "hono";
import { NascError } from "../processor/errors.ts";
import { answerResponse } from "./json.ts";
import { firstSight, openScopes } from "./open-scopes.ts";
import { openStream, type OpenStreamOptions } from "./open-stream.ts";
import type { NascOptions } from "./options.ts";
import { protocol2 } from "./protocol-2.ts";
import { readScopes } from "./scopes.ts";

/**
 * Serves `GET /poll?scope=Type:id&have=…&…`: what a stream would bring first, as `{ ok, frames }`, for pages that no
 * stream reaches. A refused scope does not affect the others.
 */
export function pollRoute<E extends Env>(
  options: NascOptions<E>,
  shared: Pick<OpenStreamOptions<E>, "engines" | "hangUps" | "shutdown">,
): (context: Context<E>) => Promise<Response> {
  return async (context) => {
    const { scopes } = readScopes(context);
    const [{ type, id }] = scopes;
    return await openStream(context, {
      options,
      ...shared,
      protocol: 2,
      isPoll: true,
      demand: { count: scopes.length, type, id },
      async serve({ viewer, life, outside }) {
        const open = viewer.open.bind(viewer);
        const opened = await openScopes(context, scopes, { options, outside, open });
        if (life.isDismissed) throw new NascError("unavailable", "Its user was hung up; ask again");
        life.end();
        if (opened instanceof Response) return opened;
        const frames = opened.flatMap((one, index) => {
          return protocol2.sight(firstSight(scopes[index]!, one))?.text ?? [];
        });
        return answerResponse(context, `{"ok":true,"frames":[${frames.join(",")}]}`);
      },
    });
  };
}
