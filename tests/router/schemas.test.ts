import { describe, expect, test, vi } from "vitest";
import type { JsonSchema } from "../../src/processor/mod.ts";
import type { Access, NascOptions } from "../../src/router/mod.ts";
import { open } from "./support-stream.ts";
import { app, post } from "./support.ts";

const secret = { title: "Secret", properties: { pin: { type: "string" } } };
const handlers = { Board: {}, Card: {}, Secret: {} };

/** Each holds, or leads to, the schema of `Secret` in another way. */
const ways: Record<string, Record<string, JsonSchema>> = {
  "a reference": {
    Board: { properties: { secret: { $ref: "#/$defs/Secret" } } },
    Secret: secret,
  },
  "an escaped reference": {
    Board: { properties: { secret: { $ref: "#/%24defs/S%65cret" } } },
    Secret: secret,
  },
  "a reference of a reference": {
    Board: { properties: { card: { $ref: "#/$defs/Card" } } },
    Card: { properties: { secret: { $ref: "#/$defs/Secret" } } },
    Secret: secret,
  },
  "a definition of its own": {
    Board: {
      properties: { secret: { $ref: "#/$defs/Secret" } },
      $defs: { Secret: secret },
    },
  },
  "a definition of a type with a schema": {
    Board: {
      properties: { secret: { $ref: "#/$defs/Secret" } },
      $defs: { Secret: secret },
    },
    Secret: secret,
  },
  "an older definition": {
    Board: {
      properties: { secret: { $ref: "#/definitions/Secret" } },
      definitions: { Secret: secret },
    },
  },
  "a definition that nothing refers to": { Board: { $defs: { Secret: secret } } },
  "a definition within a definition": {
    Board: {
      properties: { helper: { $ref: "#/$defs/Helper" } },
      $defs: { Helper: { title: "Helper", $defs: { Secret: secret } } },
    },
  },
  "a definition within a list": {
    Board: { anyOf: [{ type: "null" }, { $defs: { Secret: secret } }] },
  },
  "a definition in a schema that is referred to": {
    Board: { properties: { card: { $ref: "#/$defs/Card" } } },
    Card: { $defs: { Secret: secret } },
  },
};

const hides: NascOptions["authorize"] = (_context, { type, event }) => {
  return type !== "Secret" || event !== "schema";
};

/** Returns all that a page can learn of the schemas of a board, by every route. */
async function everything(routes: ReturnType<typeof app>): Promise<string[]> {
  const mount = { type: "Board", instance: "b", event: "mount" };
  const page = await open(routes, "scope=Board:b");
  const snapshot = JSON.stringify((await page.next()).data);
  await page.close();
  return [
    snapshot,
    await (await post(routes, mount)).text(),
    await (await post(routes, [mount])).text(),
    await (await routes.request("/nasc/schema/Board")).text(),
  ];
}

describe("the schema of a type that authorize does not allow", () => {
  test.for(Object.entries(ways))("reaches no page by %s", async ([, schemas]) => {
    for (const schemaProvider of [schemas, (type: string) => Promise.resolve(schemas[type])]) {
      const shown = app({ handlers, schemaProvider });
      const told = await everything(shown);
      // The stream and a mount send each schema that is referred to.
      expect(told[0]).toContain('"type":"Board"');
      const hidden = await everything(app({ handlers, schemaProvider, authorize: hides }));
      for (const text of hidden) {
        expect(text).not.toMatch(/pin/);
        expect(text).toMatch(/Board|properties|anyOf|\{\}|\$defs/);
      }
    }
  });

  test("is sent where authorize allows it", async () => {
    for (const [name, schemas] of Object.entries(ways)) {
      const told = await everything(app({ handlers, schemaProvider: schemas }));
      expect([name, told.some((text) => text.includes("pin"))]).toEqual([name, true]);
    }
  });

  test("is kept from a mount of its own type", async () => {
    const routes = app({ handlers, schemaProvider: { Secret: secret }, authorize: hides });
    const mount = { type: "Secret", instance: "s", event: "mount" };
    const answer = await (await post(routes, mount)).json();
    expect(answer).toMatchObject({ ok: true, patches: [] });
    expect((await routes.request("/nasc/schema/Secret")).status).toBe(403);
  });

  test("is kept from those whom authorize answers with a Response", async () => {
    const routes = app({
      handlers,
      schemaProvider: ways["a reference"]!,
      authorize: (context, { type, event }) => {
        return type !== "Secret" || event !== "schema" || context.text("sign in", 401);
      },
    });
    for (const text of await everything(routes)) expect(text).not.toMatch(/pin|sign in/);
    expect(await (await routes.request("/nasc/schema")).json()).toEqual({ types: ["Board"] });
  });
});

test("a definition that is no type belongs to the schema that it is in, and nobody is asked for it", async () => {
  const schemaProvider = {
    Board: {
      properties: { size: { $ref: "#/$defs/Size" }, color: { $ref: "#/$defs/constructor" } },
      $defs: { Size: { type: "number" }, constructor: { type: "string" } },
    },
  };
  const authorize = vi.fn((_context: unknown, { type }: Access) => type === "Board");
  const [snapshot, mounted, , document] = await everything(
    app({ handlers, schemaProvider, authorize }),
  );
  expect(JSON.parse(document!)).toEqual(schemaProvider.Board);
  for (const { patches } of [JSON.parse(snapshot!), JSON.parse(mounted!)]) {
    expect(patches.map(({ type, schema }: { type: string; schema: object }) => [type, schema]))
      .toEqual([
        ["Board", schemaProvider.Board],
        ["Size", { type: "number" }],
        ["constructor", { type: "string" }],
      ]);
  }
  expect(new Set(authorize.mock.calls.map(([, { type }]) => type))).toEqual(new Set(["Board"]));
});

test("authorize is asked once a request for each type that a schema refers to", async () => {
  const asked: string[] = [];
  const routes = app({
    handlers,
    schemaProvider: ways["a reference of a reference"]!,
    authorize: (_context, { type, event }) => (event === "schema" && asked.push(type), true),
  });
  const scopes = Array.from({ length: 50 }, (_, index) => `scope=Board:${index}`);
  await (await open(routes, scopes.join("&"))).close();
  expect(asked.toSorted()).toEqual(["Board", "Card", "Secret"]);
});
