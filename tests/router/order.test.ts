import { describe, expect, test, vi } from "vitest";
import { NascError } from "../../mod.ts";
import type { NascOptions } from "../../src/router/mod.ts";
import { app, store } from "./support.ts";

/** What is wrong with a request, and the answer to it. */
interface Wrong {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly options?: Partial<NascOptions>;
  readonly message?: object;
  readonly body?: string;
}

const handlers = {
  User: {
    mount: () => ({ name: "" }),
    rename: () => {
      throw new NascError("no-name", "Everybody has a name");
    },
  },
};
const deny = (event: string) => (_context: unknown, access: { event: string }) =>
  access.event !== event;

/** In the order in which they are looked for. */
const wrongs: Record<string, Wrong> = {
  host: { status: 421, headers: { host: "evil.example" } },
  origin: { status: 403, headers: { "sec-fetch-site": "cross-site" } },
  "media type": { status: 415, headers: { "content-type": "text/plain" } },
  size: { status: 413, options: { maxBodyBytes: 5 } },
  JSON: { status: 400, body: "{{{{{{{{" },
  message: { status: 400, message: { instance: 5 } },
  user: { status: 401, options: { user: (context) => context.text("who?", 401) } },
  limit: {
    status: 429,
    options: { limit: (_, { kind }) => kind === "create" || { retryAfter: 1 } },
  },
  authorize: { status: 402, options: { authorize: (context) => context.text("pay", 402) } },
  event: { status: 404, message: { event: "toString" } },
  create: { status: 403, options: { authorize: deny("create") } },
  run: { status: 422 },
};

const names = Object.keys(wrongs);
const pairs = names.flatMap((first, index) => names.slice(index + 1).map((then) => [first, then]));

function ask(...wrong: readonly Wrong[]): Promise<Response> {
  const message = Object.assign(
    { type: "User", instance: "me", event: "rename", payload: {} },
    ...wrong.map(({ message }) => message),
  );
  const routes = app({
    handlers,
    hosts: ["app.example"],
    // The first in the order decides where two would set the same option.
    ...Object.assign({}, ...wrong.map(({ options }) => options).reverse()),
  });
  return Promise.resolve(routes.request("/nasc/event", {
    method: "POST",
    headers: Object.assign(
      { host: "app.example", "content-type": "application/json" },
      ...wrong.map(({ headers }) => headers),
    ),
    body: wrong.find(({ body }) => body)?.body ?? JSON.stringify(message),
  }));
}

describe("of two things that are wrong with an event", () => {
  test.for(pairs)("%s is told before %s", async ([first, then]) => {
    const response = await ask(wrongs[first!]!, wrongs[then!]!);
    expect(response.status).toBe(wrongs[first!]!.status);
    expect(await store.load("User", "me")).toBeNull();
  });
});

test("what is asked of the app is asked in order, and no more once something is refused", async () => {
  const asked: string[] = [];
  const routes = (refused: string) =>
    app({
      handlers: { User: { mount: () => ({}), see: (_: unknown, state: object) => state } },
      user: () => asked.push("user"),
      limit: (_context, { kind }) => {
        asked.push(`limit ${kind}`);
        return `limit ${kind}` !== refused || { retryAfter: 1 };
      },
      authorize: (_context, { event }) => {
        asked.push(`authorize ${event}`);
        return `authorize ${event}` !== refused;
      },
    });
  const order = ["user", "limit event", "authorize see", "authorize create", "limit create"];
  for (const [index, refused] of order.entries()) {
    if (refused === "user") continue;
    asked.length = 0;
    await routes(refused).request("/nasc/event", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ type: "User", instance: "me", event: "see" }),
    });
    expect(asked).toEqual(order.slice(0, index + 1));
    expect(await store.load("User", "me")).toBeNull();
  }
});

test("of two things that are wrong with a stream, the earlier one is told", async () => {
  const options: [wrong: Partial<NascOptions>, status: number][] = [
    [{ hosts: ["other.example"] }, 421],
    [{ user: (context) => context.text("who?", 401) }, 401],
    [{ limit: () => ({ retryAfter: 1 }) }, 429],
    [{ authorize: () => false }, 403],
    [{ handlers: {} }, 404],
  ];
  for (const [index, [wrong, status]] of options.entries()) {
    for (const [also] of options.slice(index)) {
      const routes = app({ ...also, ...wrong });
      const response = await routes.request("/nasc/stream?scope=User:me", {
        headers: { host: "app.example" },
      });
      expect(response.status).toBe(status);
      await response.body?.cancel();
    }
  }
  const unread = app({ user: vi.fn(() => Promise.reject(new Error("must not be asked"))) });
  expect((await unread.request("/nasc/stream?scope=")).status).toBe(400);
});
