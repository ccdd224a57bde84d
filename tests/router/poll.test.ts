import { describe, expect, test, vi } from "vitest";
import type { Frame } from "../../src/processor/frames.ts";
import { createNasc, type Demand } from "../../src/router/mod.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";
import { seenThrough } from "../support/view.ts";
import { have, type Held, send2 } from "./support-frames.ts";
import { countingHub } from "./support-stream.ts";
import { app, post } from "./support.ts";

const counter = { type: "Counter", instance: "visits" };

/** Asks once for what is new, and returns the frames. */
async function poll(
  routes: Pick<ReturnType<typeof app>, "request">,
  query = "scope=Counter:visits&have=",
  headers: Record<string, string> = {},
): Promise<Frame[]> {
  const response = await routes.request(`http://rian.test/nasc/poll?${query}`, { headers });
  const body = await response.json();
  if (response.status !== 200) throw new Error(JSON.stringify(body));
  expect(body).toEqual({ ok: true, frames: body.frames });
  return body.frames;
}

/** Asks for a counter, and returns what a page has then. */
async function pollWhole(routes: ReturnType<typeof app>, query?: string): Promise<Held> {
  const [frame] = await poll(routes, query);
  if (frame?.action !== "snapshot") throw new Error(`expected all, found ${JSON.stringify(frame)}`);
  return frame as Held;
}

describe("a poll", () => {
  test("brings each instance whole, also to whoever says nothing of what they have", async () => {
    const routes = app();
    await post(routes, counterMessage());
    expect(await poll(routes, "scope=Counter:visits&have=&scope=Counter:new&have=")).toEqual([
      { action: "snapshot", ...counter, rev: 1, epoch: expect.any(String), state: { count: 1 } },
      {
        ...{ action: "snapshot", type: "Counter", instance: "new", rev: 1 },
        ...{ epoch: expect.any(String), state: { count: 0 } },
      },
    ]);
    expect(await poll(routes, "scope=Counter:visits")).toMatchObject([{ state: { count: 1 } }]);
  });

  test("brings what leads on from what the page has, and says so if nothing does", async () => {
    const note = "longer than what changes beside it ".repeat(10);
    const add = (by: number, state: { count: number }) => ({ ...state, count: state.count + by });
    const routes = app({ handlers: { Counter: { mount: () => ({ note, count: 0 }), add } } });
    const held = await pollWhole(routes);
    const query = `scope=Counter:visits&have=${have(held)}`;
    expect(await poll(routes, query))
      .toEqual([{ action: "patch", ...counter, rev: 1, base: 1, ops: [] }]);
    for (let event = 0; event < 3; event++) {
      await send2(routes, { ...counter, event: "add", payload: 1 });
    }
    expect(await poll(routes, query)).toEqual([{
      ...{ action: "patch", ...counter, rev: 4, base: 1 },
      ops: [{ op: "replace", path: "/count", value: 3 }],
    }]);
    const lie = `scope=Counter:visits&have=${have({ ...held, state: { count: 7 } })}`;
    expect(await poll(routes, lie)).toMatchObject([{ action: "snapshot", state: { count: 3 } }]);
  });

  test("says what is refused beside what is not, and is refused if all of it is", async () => {
    const routes = app({ authorize: (_, { id }) => id !== "secret" });
    expect(await poll(routes, "scope=Counter:secret&have=&scope=Counter:visits&have="))
      .toMatchObject([
        { action: "error", type: "Counter", instance: "secret", code: "forbidden" },
        { action: "snapshot", instance: "visits" },
      ]);
    const refused = await routes.request("http://rian.test/nasc/poll?scope=Counter:secret&have=");
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: "forbidden" }]);
    expect((await routes.request("http://rian.test/nasc/poll?scope=Nothing:a&have=")).status).toBe(
      404,
    );
    for (const query of ["", "scope=Counter", "scope=Counter:a&have=&have=", "clientId=c"]) {
      const wrong = await routes.request(`http://rian.test/nasc/poll?${query}`);
      expect([wrong.status, (await wrong.json()).code]).toEqual([400, "invalid-message"]);
    }
  });

  test("is for whoever asks alone, and not for a page of another site", async () => {
    const routes = app();
    const response = await routes.request("http://rian.test/nasc/poll?scope=Counter:visits");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-type")).toBe("application/json");
    const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    expect(
      (await routes.request("http://rian.test/nasc/poll?scope=Counter:visits", { headers })).status,
    ).toBe(403);
  });

  test("counts as a stream, and its limit says when to ask again", async () => {
    const demands: Demand[] = [];
    const routes = app({
      limit: (_context, demand) => {
        demands.push(demand);
        return demands.length < 2 || { retryAfter: 3_000 };
      },
      authorize: (_, { event }) => event !== "create",
    });
    await poll(routes);
    const limited = await routes.request(
      "http://rian.test/nasc/poll?scope=Counter:a&scope=Counter:b",
    );
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"]);
    expect(demands).toEqual([
      { kind: "stream", type: "Counter", id: "visits", count: 1, user: undefined },
      { kind: "stream", type: "Counter", id: "a", count: 2, user: undefined },
    ]);
  });

  test("shows nobody more than their view, and follows nothing afterwards", async () => {
    const { hub, listening } = countingHub();
    const Note = seenThrough({
      mount: () => ({ text: "open", secret: "for the owner" }),
      write: (text: string, state: object) => ({ ...state, text }),
    }, {
      view(state, { user }) {
        const { text } = state as { text: string };
        if (text === "shut") return undefined;
        return user === "owner" ? state : { text };
      },
    });
    const routes = app({ handlers: { Note }, hub, user: (context) => context.req.header("user") });
    const query = "scope=Note:a&have=";
    expect(await poll(routes, query)).toMatchObject([{ state: { text: "open" } }]);
    expect(JSON.stringify(await poll(routes, query))).not.toContain("for the owner");
    expect(await poll(routes, query, { user: "owner" }))
      .toMatchObject([{ state: { secret: "for the owner" } }]);
    await send2(routes, { type: "Note", instance: "a", event: "write", payload: "shut" });
    expect(await poll(routes, query, { user: "owner" }))
      .toEqual([{ action: "gone", type: "Note", instance: "a", code: "forbidden" }]);
    await vi.waitFor(() => expect(listening()).toBe(0));
  });
});

test("a poll whose user is hung up on the way is to be sent again", async () => {
  const asked = Promise.withResolvers<void>();
  const allowed = Promise.withResolvers<boolean>();
  const nasc = createNasc({
    handlers: counterHandlers,
    store: new Map(),
    user: () => "ann",
    authorize: () => {
      asked.resolve();
      return allowed.promise;
    },
    hosts: "any",
  });
  const response = nasc.app.request("/poll?scope=Counter:visits&have=");
  await asked.promise;
  await nasc.hangUp("ann");
  allowed.resolve(true);
  expect([(await response).status, (await (await response).json()).code])
    .toEqual([503, "unavailable"]);
});
