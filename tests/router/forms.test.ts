import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { app, post, store, user } from "./support.ts";

/** Sends a form, and returns where it leads. */
async function submit(
  { url = "http://rian.test", back, headers = {} }: {
    url?: string;
    back?: string;
    headers?: Record<string, string>;
  },
): Promise<string | null> {
  const routes = app();
  await post(routes, { ...user, event: "mount" });
  const returns = back === undefined ? "" : `&return=${back}`;
  const response = await routes.request(
    `${url}/nasc/event?type=User&instance=me&event=rename${returns}`,
    { method: "POST", headers, body: new URLSearchParams({ name: "Ada" }) },
  );
  expect([response.status, await response.text()]).toEqual([303, ""]);
  expect(await store.load("User", "me")).toEqual({ name: "Ada" });
  return response.headers.get("location");
}

describe("a form without script", () => {
  test.for<[string, string]>([
    ["/lists/5?x=1", "/lists/5?x=1"],
    ["%2Flists%2F5%3Fx%3D1%26y%3D2", "/lists/5?x=1&y=2"],
    ["/", "/"],
    ["/a/../b", "/b"],
    ["/caf%C3%A9?n=%C3%A9", "/caf%C3%A9?n=%C3%A9"],
    ["/a%23b", "/a#b"],
    ["/lists%23item", "/lists#item"],
    ["/%23//evil.test", "/#//evil.test"],
    ["/%252F%252Fevil.test", "/%2F%2Fevil.test"],
    ["/user@evil.test", "/user@evil.test"],
    ["/?to=//evil.test", "/?to=//evil.test"],
  ])("leads to the return %s of its action, whatever page it came from", async ([back, path]) => {
    expect(await submit({ back })).toBe(path);
    expect(await submit({ back, headers: { referer: "http://rian.test/other" } })).toBe(path);
  });

  test.for([
    "",
    "lists/5",
    "//evil.test",
    "/%2Fevil.test",
    "/%5Cevil.test",
    "%5C%5Cevil.test",
    "/.//evil.test",
    "/./%2Fevil.test",
    "/a/..//evil.test",
    "/%2e//evil.test",
    "/%09/evil.test",
    "%09//evil.test",
    "/%0d%0aset-cookie:a=b",
    "/%00",
    "/%7f",
    "/a%5Cb",
    "https://evil.test/",
    "http://rian.test/",
    "javascript:alert(1)",
    "data:text/html,x",
    `/${"a".repeat(4_096)}`,
  ])("ignores the return %s, and leads to the page that it is on", async (back) => {
    expect(await submit({ back, headers: { referer: "http://rian.test/page?x=1" } }))
      .toBe("/page?x=1");
    expect(await submit({ back })).toBe("/");
  });

  test("leads nowhere but to its own site, whatever its return and its referrer are", async () => {
    const routes = app();
    const part = fc.constantFrom(
      ...[
        "/",
        "\\",
        "//",
        ".",
        "..",
        "evil.test",
        "@",
        ":",
        "http:",
        "https:",
        "?",
        "#",
        "%2F",
        "%5C",
        "a",
      ],
      ...[
        "\t",
        "\n",
        "\r",
        "\0",
        "\u007f",
        "\u0085",
        "\u2028",
        "\ufeff",
        "\uff0f",
        " ",
        "é",
        "[",
        "]",
      ],
    );
    const page = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
      fc.array(part, { maxLength: 8 }).map((parts) => `/${parts.join("")}`),
      fc.string({ unit: "binary" }),
    );
    await fc.assert(
      fc.asyncProperty(page, page, async (back, referer) => {
        const query = new URLSearchParams({ ...user, event: "rename", return: back });
        const response = await routes.request(`http://rian.test/nasc/event?${query}`, {
          method: "POST",
          headers: { referer: encodeURI(`http://rian.test${referer.toWellFormed()}`) },
          body: new URLSearchParams({ name: "Ada" }),
        });
        const location = response.headers.get("location")!;
        expect(response.status).toBe(303);
        // deno-lint-ignore no-control-regex -- browsers drop some of them
        expect(location).toMatch(/^\/(?![/\\])[^\\\0-\x1f\x7f]*$/);
        for (const origin of ["http://rian.test", "https://rian.test"]) {
          expect(new URL(location, `${origin}/nasc/event`).origin).toBe(origin);
        }
      }),
      { numRuns: 50 },
    );
  });

  test.for<[string, string]>([
    ["http://rian.test/profile?tab=1", "/profile?tab=1"],
    ["https://rian.test/profile", "/profile"],
    ["http://ada:secret@rian.test/profile?a=b#there", "/profile?a=b"],
    ["http://rian.test/a%0d%0aset-cookie:a=b", "/a%0d%0aset-cookie:a=b"],
    ["http://rian.test", "/"],
    ["http://rian.test//evil.test/", "/"],
    ["http://rian.test/.//evil.test/", "/"],
    ["http://rian.test\\@evil.test/", "/@evil.test/"],
    ["http://rian.test@evil.test/page", "/"],
    ["http://rian.test.evil.test/page", "/"],
    ["https://evil.test/page", "/"],
    ["javascript://rian.test/%0aalert(1)", "/"],
    ["ftp://rian.test/page", "/"],
    ["about:blank", "/"],
    ["/page", "/"],
    ["nonsense", "/"],
    [`http://rian.test/${"a".repeat(10_000)}`, "/"],
  ])("from the page %s leads to %s", async ([referer, path]) => {
    expect(await submit({ headers: { referer } })).toBe(path);
  });

  test("leads back within the site on every scheme and port", async () => {
    for (const url of ["https://rian.test", "http://localhost:8787", "http://[::1]:80"]) {
      expect(await submit({ url, back: "/x" })).toBe("/x");
      expect(await submit({ url, headers: { referer: `${url}/y` } })).toBe("/y");
    }
  });
});
