import { Hono } from "hono";
import { describe, expect, test, vi } from "vitest";
import { app, post, store, user } from "./support.ts";

const mount = JSON.stringify({ ...user, event: "mount" });
const eventUrl = "http://rian.test/nasc/event?type=User&instance=me&event=rename";

function utf16(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint16Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
}

function gzipped(text: string): ReadableStream<Uint8Array> {
  return new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
}

/** Returns chunks of a body that breaks off. */
function broken(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode("{"));
      controller.error(new TypeError("the other side is gone"));
    },
  });
}

type Sent = string | Uint8Array<ArrayBuffer> | (() => ReadableStream<Uint8Array>);

async function send(
  routes: ReturnType<typeof app>,
  url: string,
  body: Sent | undefined,
  headers: Record<string, string>,
): Promise<Response> {
  const request = new Request(url, {
    method: "POST",
    headers,
    ...(body !== undefined && { body: typeof body === "function" ? body() : body }),
    duplex: "half",
  } as RequestInit);
  // Fetch gives a text a type that no sender has named.
  if (headers["content-type"] === undefined) request.headers.delete("content-type");
  return await routes.request(request);
}

const json = { "content-type": "application/json" };
const form = { "content-type": "application/x-www-form-urlencoded" };
const multipart = { "content-type": "multipart/form-data" };

describe("POST /event", () => {
  test.for<[string, number, Sent | undefined, Record<string, string>]>([
    ["a media type in capitals", 200, mount, { "content-type": "APPLICATION/JSON" }],
    ["parameters", 200, mount, { "content-type": 'application/json ; x=y; Charset="UTF-8"' }],
    ["a byte order mark", 200, `\ufeff${mount}`, json],
    ["a key twice", 200, mount.replace("{", '{"event":"nope",'), json],
    ["no coding", 200, mount, { ...json, "content-encoding": "Identity" }],
    ["no messages", 200, "[]", json],
    ["an unknown character set", 415, mount, {
      "content-type": "application/json;charset=klingon",
    }],
    ["UTF-16 by name", 415, utf16(mount), { "content-type": "application/json; charset=utf-16" }],
    ["JSON of another kind", 415, mount, { "content-type": "application/json+x" }],
    ["no media type", 415, mount, {}],
    ["gzip", 415, () => gzipped(mount), { ...json, "content-encoding": "gzip" }],
    ["an unknown coding", 415, mount, { ...json, "content-encoding": "zip, gzip" }],
    ["UTF-16 bytes", 400, utf16(mount), json],
    ["UTF-16 bytes with a mark", 400, utf16(`\ufeff${mount}`), json],
    ["bytes that are not UTF-8", 400, Uint8Array.of(0x22, 0xff, 0xfe, 0x22), json],
    ["a body that breaks off", 503, broken, json],
    ["nothing", 400, undefined, json],
    ["an empty text", 400, "", json],
    ["null", 400, "null", json],
    ["a number", 400, "1e999", json],
    ["half a letter", 400, '"\\ud800"', json],
    ["a list in a list", 200, "[[]]", json],
  ])("answers %s with %i", async ([, status, body, headers]) => {
    const onError = vi.fn();
    const response = await send(app({ onError }), "http://rian.test/nasc/event", body, headers);
    expect([response.status, await store.load("User", "me")])
      .toEqual([
        status,
        status === 200 && String(body).includes("mount") ? { name: "Guest" } : null,
      ]);
    if (status !== 200) expect(await response.json()).toMatchObject({ status });
    expect(onError).not.toHaveBeenCalled();
  });

  const part = (name: string, value: string) =>
    `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  test.for<[string, number, Sent | undefined, Record<string, string>]>([
    ["capitals", 303, "name=Ada", { "content-type": "Application/X-WWW-Form-URLencoded" }],
    ["its character set", 303, "name=Ada", {
      "content-type": `${form["content-type"]};charset=utf-8`,
    }],
    ["a percent-encoded letter", 303, "name=%C3%89va", form],
    ["a boundary", 303, `${part("name", "Ada")}--b--\r\n`, {
      "content-type": "multipart/form-data; boundary=b",
    }],
    ["a boundary in quotes", 303, `${part("name", "Ada").replace("--b", "--=_b.1")}--=_b.1--`, {
      "content-type": 'multipart/form-data; boundary="=_b.1"',
    }],
    ["a second part that breaks off", 400, part("name", "Ada") + part("x", "y").slice(0, -4), {
      "content-type": "multipart/form-data; boundary=b",
    }],
    ["no boundary", 400, part("name", "Ada"), multipart],
    ["an empty boundary", 400, part("name", "Ada"), {
      "content-type": "multipart/form-data; boundary=",
    }],
    ["another boundary", 400, part("name", "Ada"), {
      "content-type": "multipart/form-data; boundary=other",
    }],
    ["a part that breaks off", 400, part("name", "Ada").slice(0, 20), {
      "content-type": "multipart/form-data; boundary=b",
    }],
    ["no end", 400, part("name", "Ada"), { "content-type": "multipart/form-data; boundary=b" }],
    ["no body and a boundary", 400, undefined, {
      "content-type": "multipart/form-data; boundary=b",
    }],
    [
      "parts that are not UTF-8",
      400,
      () =>
        new Blob([part("name", "A"), Uint8Array.of(0xff), part("x", "y"), "--b--\r\n"]).stream(),
      {
        "content-type": "multipart/form-data; boundary=b",
      },
    ],
    ["an unknown character set", 415, "name=Ada", {
      "content-type": `${form["content-type"]}; charset=klingon`,
    }],
    ["gzip", 415, () => gzipped("name=Ada"), { ...form, "content-encoding": "gzip" }],
    ["a letter in Latin 1", 400, "name=%C9va", form],
    ["a percent sign alone", 400, "name=100%", form],
    ["bytes that are not UTF-8", 400, Uint8Array.of(0x6e, 0x3d, 0xff), form],
    ["a body that breaks off", 503, broken, form],
    ["no fields", 422, undefined, form],
  ])("answers a form with %s with %i", async ([, status, body, headers]) => {
    const onError = vi.fn();
    const routes = app({ onError });
    await post(routes, { ...user, event: "mount" });
    const response = await send(routes, eventUrl, body, headers);
    expect(response.status).toBe(status);
    if (status !== 303) expect(await store.load("User", "me")).toEqual({ name: "Guest" });
    expect(onError).not.toHaveBeenCalled();
  });

  test("refuses a payload that is too deep, and takes any other, however deep the handler puts it", async () => {
    const onError = vi.fn();
    const keep = (payload: unknown) => {
      let state: object = { payload };
      for (let level = 0; level < 300; level++) state = { state };
      return state;
    };
    const routes = app({ onError, handlers: { Box: { mount: () => ({}), keep } } });
    const box = '"type":"Box","instance":"b","event"';
    await post(routes, `{${box}:"mount"}`);
    const statuses = new Map<number, number>();
    for (const depth of [1, 99, 100, 101, 199, 200, 201, 300, ...range(485, 510), 5_000]) {
      const payload = "[".repeat(depth) + "]".repeat(depth);
      statuses.set(depth, (await post(routes, `{${box}:"keep","payload":${payload}}`)).status);
      const objects = '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
      expect((await post(routes, `{${box}:"keep","payload":${objects}}`)).status)
        .toBe(statuses.get(depth));
    }
    expect([...statuses].filter(([, status]) => status === 200).map(([depth]) => depth))
      .toEqual([1, 99, 100]);
    expect([...statuses.values()].filter((status) => status !== 200 && status !== 400)).toEqual([]);
    expect(onError).not.toHaveBeenCalled();
  });

  test("believes no content-length", async () => {
    const long = JSON.stringify({ ...user, event: "mount", payload: "x".repeat(2_000) });
    const routes = app({ maxBodyBytes: 1_000 });
    for (const length of ["2", "-1", "two", "1e2", "999999999999999999999"]) {
      const headers = { ...json, "content-length": length };
      expect((await send(routes, "http://rian.test/nasc/event", long, headers)).status).toBe(413);
    }
    expect(await store.load("User", "me")).toBeNull();
  });

  test("takes a body of exactly the limit in any number of chunks, and none that is larger", async () => {
    const routes = app({ maxBodyBytes: 200 });
    for (const [length, status] of [[200, 200], [201, 413]] as const) {
      for (const size of [1, 3, 200, 1_000]) {
        const bytes = new TextEncoder().encode(mount.padEnd(length));
        let sent = 0;
        const body = () =>
          new ReadableStream<Uint8Array>({
            pull(controller) {
              controller.enqueue(bytes.slice(sent, sent += size));
              if (sent >= bytes.length) controller.close();
            },
          });
        const headers = { ...json, "transfer-encoding": "chunked" };
        const response = await send(routes, "http://rian.test/nasc/event", body, headers);
        expect([length, size, response.status]).toEqual([length, size, status]);
      }
    }
  });

  test("leaves the body to authorize, and takes it from a middleware that has read it", async () => {
    const seen: unknown[] = [];
    const routes = app({
      authorize: async ({ req }) => {
        seen.push((await req.json()).event);
        return true;
      },
    });
    const outer = new Hono();
    outer.use(async ({ req }, next) => {
      seen.push((await req.text()).length);
      await next();
    });
    outer.route("/", routes);
    expect((await post(outer, mount)).status).toBe(200);
    // It is asked for the mount, and then for the creation.
    expect(seen).toEqual([mount.length, "mount", "mount"]);
  });

  test("says where the body went if a middleware has read the raw request", async () => {
    const onError = vi.fn();
    const outer = new Hono();
    outer.use(async ({ req }, next) => {
      await req.raw.text();
      await next();
    });
    outer.route("/", app({ onError }));
    expect((await post(outer, mount)).status).toBe(500);
    expect(onError.mock.calls[0]![0].message).toBe(
      "Cannot read the body: another handler has read the raw request; use context.req there",
    );
  });
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
