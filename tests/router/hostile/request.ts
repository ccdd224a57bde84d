import fc from "fast-check";

/** A request as nobody means it. */
export interface HostileRequest {
  readonly method: string;
  /** Begins with `/nasc`. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const nasty = fc.oneof(
  fc.constantFrom(
    ...[
      "",
      " ",
      "0",
      "-1",
      "null",
      "Box",
      "b",
      "keep",
      "mount",
      "drop",
      "view",
      "Box:b",
      ":",
      "::",
    ],
    ...["__proto__", "constructor", "constructor.prototype", "toString", "hasOwnProperty", "_x"],
    ...[
      "%",
      "%zz",
      "%00",
      "%0d%0a",
      "%ff",
      "%c3%28",
      "%ed%a0%80",
      "%2e%2e%2f",
      "..",
      "//evil.test",
    ],
    ...[
      "a".repeat(513),
      "é",
      "\u{1f600}",
      "[]",
      "a[b]",
      "a&b=c",
      "#",
      "?",
      "\\",
      "'\"<>",
      ";",
      ",",
    ],
  ),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const parameter = fc.tuple(
  fc.oneof(
    fc.constantFrom("type", "instance", "event", "return", "scope", "have", "clientId", "eventId"),
    nasty,
  ),
  nasty,
  fc.boolean(),
).map(([name, value, isEncoded]) => {
  return isEncoded
    ? new URLSearchParams({ [name]: value }).toString()
    : `${inTarget(name)}=${inTarget(value)}`;
});
const form = "type=Box&instance=b&event=keep";

/** The path and query of a request. */
const target = fc.tuple(
  fc.constantFrom(
    ...["/event", "/event", "/event", "/stream", "/schema", "/schema/", "/manifest", "/client.js"],
    ...["/health", "", "/", "/nope", "/event/", "//event", "/./event", "/%65vent", "/event%00"],
  ),
  fc.oneof(fc.constant(""), nasty.map((text) => `/${inTarget(text)}`)),
  fc.array(fc.oneof(fc.constant(form), parameter), { maxLength: 4 }),
).map(([path, more, parameters]) => `/nasc${path}${more}?${parameters.join("&")}`);

const header = fc.oneof(
  of("content-type", [
    ...["application/json", "application/json", "APPLICATION/JSON;charset=utf-8", "text/plain"],
    ...[
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "multipart/form-data;boundary=b",
    ],
    ...[
      'multipart/form-data; boundary="',
      "application/json; charset=klingon",
      "application/json+x",
    ],
    ...[
      "application/json, text/html",
      ";",
      "/",
      "multipart/form-data; boundary=" + "x".repeat(200),
    ],
    ...["application/x-www-form-urlencoded; charset=", "application/json;charset", "charset=utf-8"],
  ]),
  of("content-encoding", ["gzip", "identity", "br, gzip", "", "\u00ff"]),
  of("origin", ["null", "http://rian.test", "http://evil.test", "http://", "http://rian.test/"]),
  of("referer", [
    "http://rian.test/a?b",
    "http://rian.test//x",
    "about:blank",
    "http://[",
    "\u00ff",
  ]),
  of("sec-fetch-site", ["same-origin", "cross-site", "none", "nonsense"]),
  of("if-none-match", ["*", '"', 'W/"x"', "\u00ff"]),
  of("accept", ["text/event-stream", "*/*", ";q="]),
  of("cookie", ["a=b", "=", "__Host-nasc-flash=x", "a=%zz; b"]),
  of("access-control-request-method", ["POST", "\u00ff"]),
  of("x-forwarded-host", ["evil.test"]),
  of("last-event-id", ["5", "\u00ff"]),
);

function of(name: string, values: readonly string[]): fc.Arbitrary<[string, string]> {
  const any = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 12,
  });
  return fc.tuple(
    fc.constant(name),
    fc.oneof({ arbitrary: fc.constantFrom(...values), weight: 5 }, any),
  );
}

const part = fc.oneof(
  nasty,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, true, 5, [], {}, [[]], { constructor: { prototype: { x: 1 } } }),
);
const message = fc.record({
  type: fc.oneof(fc.constant("Box"), part),
  instance: fc.oneof(fc.constant("b"), part),
  event: fc.oneof(fc.constantFrom("keep", "mount", "drop"), part),
  payload: fc.oneof(part, fc.object({ maxDepth: 4 })),
  eventId: fc.oneof(fc.constantFrom("1", "e"), part),
  clientId: part,
  rev: part,
  epoch: part,
  stream: part,
}, { requiredKeys: ["type", "instance"] });
const depth = fc.integer({ min: 90, max: 600 });

const body = fc.oneof(
  { arbitrary: message.map((value) => JSON.stringify(value)), weight: 4 },
  fc.array(message, { maxLength: 3 }).map((value) => JSON.stringify(value)),
  // One letter more, less or other than JSON.
  fc.tuple(message, fc.nat(), fc.string({ maxLength: 2 })).map(([value, at, text]) => {
    const whole = JSON.stringify(value);
    const place = at % whole.length;
    return whole.slice(0, place) + text + whole.slice(place + 1);
  }),
  depth.map((levels) =>
    `{"type":"Box","instance":"b","event":"keep","payload":${"[".repeat(levels)}${
      "]".repeat(levels)
    }}`
  ),
  fc.constantFrom(
    ...[
      "",
      "[",
      "{}",
      "null",
      "1e999",
      "\u0000",
      "\ufeff{}",
      "\ud800",
      "name=%zz",
      "a=1&a=2&a[]=3",
    ],
    ...[
      "--b--",
      "--b\r\n\r\n--b--",
      '--b\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n--b--',
    ],
    ...[
      '--b\r\ncontent-disposition: form-data; name="x"; filename="y"\r\n\r\n1\r\n--b--',
      "--b\r\n",
    ],
    `{"type":"Box","instance":"b","event":"keep","payload":{"n":1e999,"a":-0,"n":1}}`,
    "constructor.prototype.x=1",
  ),
  fc.constant("x".repeat(200_001)),
  fc.string({ maxLength: 200 }),
  fc.string({ unit: "binary", maxLength: 100 }),
);

const fields = fc.oneof(
  fc.array(parameter, { maxLength: 4 }).map((parameters) => parameters.join("&")),
  fc.tuple(nasty, nasty).map(([name, value]) =>
    `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b--`
  ),
  body,
);

/** A request that is wrong in few places, and so gets far. */
function likely(
  type: fc.Arbitrary<string>,
  parts: { target: fc.Arbitrary<string>; body: fc.Arbitrary<string> },
): fc.Arbitrary<HostileRequest> {
  return fc.record({
    method: fc.constant("POST"),
    target: parts.target,
    headers: fc.tuple(type, fc.array(header, { maxLength: 1 })).map(([type, headers]) => {
      return { "content-type": type, ...Object.fromEntries(headers) };
    }),
    body: parts.body,
  });
}

/** Any hostile request. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc.oneof(
  likely(fc.constant("application/json"), { target: fc.constant("/nasc/event"), body }),
  likely(
    fc.constantFrom("application/x-www-form-urlencoded", "multipart/form-data; boundary=b"),
    {
      target: fc.array(parameter, { maxLength: 2 }).map((parameters) =>
        `/nasc/event?${[form, ...parameters].join("&")}`
      ),
      body: fields,
    },
  ),
  fc.record({
    method: fc.constantFrom(
      ...["POST", "POST", "GET", "GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"],
      ...["PROPFIND", "QUERY", "get"],
    ),
    target,
    headers: fc.array(header, { maxLength: 5 }).map((headers) => Object.fromEntries(headers)),
    body,
  }),
);

/** Returns a text without what no request line can carry. */
function inTarget(text: string): string {
  return encodeURI(text.toWellFormed()).replaceAll("%25", "%").replaceAll("#", "");
}
