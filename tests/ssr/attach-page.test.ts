import { Hono } from "hono";
import { MemoryStore } from "rian";
import { createNasc } from "rian/hono";
import { attachPage, type Flash } from "rian/ssr";
import { expect, test } from "vitest";

const page =
  '<html><body na-connect><p na-scope="Note:{{@params.id}}" na-bind="text">-</p></body></html>';

function appWith(flash?: Flash) {
  const nasc = createNasc({
    handlers: {
      Note: {
        mount: (_: unknown, { id }: { id: string }) => ({ text: `I am ${id}` }),
      },
    },
    store: new MemoryStore(),
    authorize: (_, { id }) => id !== "secret",
    hosts: "any",
  });
  const app = new Hono();
  app.route("/nasc", nasc.app);
  attachPage(app, "/notes/:id", page, {
    nasc: flash ? { reader: nasc.reader, flash: async () => flash } : { reader: nasc.reader },
    locale: (context) => context.req.query("lang"),
  });
  return app;
}

test("a page is painted with what the user of the request may see, and kept by no one else", async () => {
  const response = await appWith().request("/notes/n1?lang=de");
  expect(response.headers.get("cache-control")).toBe("private, no-cache");
  const painted = await response.text();
  expect(painted).toContain('<p na-scope="Note:n1" na-bind="text">I am n1</p>');
  expect(painted).toContain(
    '{"locale":"de","timeZone":"UTC","params":{"id":"n1"},"states":[{"type":"Note"',
  );
});

test("what authorize refuses is not painted", async () => {
  const painted = await (await appWith().request("/notes/secret")).text();
  expect(painted).toBe(page.replace("{{@params.id}}", "secret"));
});

test("a page with a refused form is stored nowhere", async () => {
  const error = { code: "invalid", message: "no" };
  const app = appWith({ type: "Note", id: "n1", event: "e", rows: [], error, values: {} });
  expect((await app.request("/notes/n1")).headers.get("cache-control")).toBe("no-store");
});

test("a wrong app or source is refused by name", () => {
  expect(() => attachPage({} as never, "/", page, {} as never)).toThrow(
    "Cannot attach the page: app is",
  );
  expect(() => attachPage(new Hono(), "/", page, { nasc: {} } as never)).toThrow("nasc is");
});
