/** A request whose answer is recorded. */
export interface RecordedRequest {
  readonly name: string;
  /** Default: `POST`. */
  readonly method?: string;
  /** Default: `/nasc/event`. */
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the body does not say how long it is. */
  readonly isChunked?: true;
}

/** The most bytes that the recorded apps take. */
export const maxBodyBytes = 1_000;

const json = { "content-type": "application/json" };
const form = { "content-type": "application/x-www-form-urlencoded" };
const action = "/nasc/event?type=User&instance=me&event=rename";

function message(parts: object = {}): string {
  return JSON.stringify({ type: "User", instance: "me", event: "mount", ...parts });
}

function event(
  name: string,
  parts: object = {},
  headers: Readonly<Record<string, string>> = {},
): RecordedRequest {
  return { name, headers: { ...json, ...headers }, body: message(parts) };
}

const app = "https://app.example";
const stranger = "https://evil.example";

const accepted: readonly RecordedRequest[] = [
  event("a mount"),
  event("an event", { event: "rename", payload: { name: "Ada" } }),
  event("an event with an id", { event: "rename", payload: { name: "Eve" }, eventId: "e-1" }),
  event("the same event again", { event: "rename", payload: { name: "Eve" }, eventId: "e-1" }),
  event("an event with types that JSON lacks", { event: "rich" }),
  event("a charset", {}, { "content-type": 'Application/JSON; charset="UTF-8"' }),
  { ...event("a body that does not say how long it is"), isChunked: true },
  { name: "several messages", headers: json, body: `[${message()},${message({ event: "no" })}]` },
  { name: "no messages", headers: json, body: "[]" },
];

const refused: readonly RecordedRequest[] = [
  event("a handler that refuses", { event: "rename", payload: {} }),
  event("a handler that fails", { event: "fail" }),
  event("an unknown type", { type: "Nobody" }),
  event("an unknown event", { event: "no" }),
  event("an event id that was used for another", { event: "rich", eventId: "e-1" }),
  event("a path to a prototype", { type: "__proto__" }),
  event("what authorize refuses", { instance: "secret" }),
  event("what authorize answers with a redirect", { instance: "elsewhere" }),
  event("what authorize answers with a Response", { instance: "paid" }),
  event("what authorize refuses by an HTTPException", { instance: "teapot" }),
  event("an authorize that fails", { instance: "broken" }),
  event("what the limit refuses", { instance: "busy" }),
  { name: "a body that is not JSON", headers: json, body: "[" },
  { name: "a message that is none", headers: json, body: "5" },
  { name: "an empty body", headers: json, body: "" },
  { name: "no body", headers: json },
  { name: "no body and no media type" },
  { name: "a body that is not UTF-8", headers: json, body: "\u00ff" },
  { name: "a body that is too large", headers: json, body: "x".repeat(maxBodyBytes + 1) },
  {
    name: "a body that turns out too large",
    headers: json,
    body: "x".repeat(maxBodyBytes + 1),
    isChunked: true,
  },
  event("another media type", {}, { "content-type": "text/plain" }),
  event("a compressed body", {}, { "content-encoding": "gzip" }),
  event("another charset", {}, { "content-type": "application/json; charset=latin1" }),
];

const origins: readonly RecordedRequest[] = [
  event("from the same origin", {}, { "sec-fetch-site": "same-origin", origin: app }),
  event("from another site", {}, { "sec-fetch-site": "cross-site", origin: stranger }),
  event("from a sibling", {}, { "sec-fetch-site": "same-site", origin: stranger }),
  event("from a frame without an origin", {}, { origin: "null" }),
  event("from an origin that is none", {}, { origin: "http://[" }),
  event("from the host itself", {}, { origin: "http://rian.test" }),
  event("from the app's origin", {}, { "sec-fetch-site": "cross-site", origin: app }),
  event("from an old browser on the app's origin", {}, { origin: app }),
  event("refused, from the app's origin", { event: "no" }, { origin: app }),
  event("failed, from the app's origin", { event: "fail" }, { origin: app }),
  { name: "not JSON, from the app's origin", headers: { ...json, origin: app }, body: "[" },
  event("for a stranger's host", {}, { host: "evil.example" }),
  event("for a stranger's host, from the app's origin", {}, { host: "evil.example", origin: app }),
  event("for the host with the port of its protocol", {}, { host: "RIAN.test.:80" }),
];

const preflights: readonly RecordedRequest[] = ([
  ["from the app's origin", { origin: app, "access-control-request-headers": "content-type, x-a" }],
  ["from a stranger", { origin: stranger }],
  ["for a stranger's host", { origin: app, host: "evil.example" }],
  ["from nowhere", {}],
] as const).map(([name, headers]) => ({
  name: `a preflight ${name}`,
  method: "OPTIONS",
  headers: { "access-control-request-method": "POST", ...headers },
}));

const forms: readonly RecordedRequest[] = [
  { name: "a form", target: action, headers: form, body: "name=Ada" },
  { name: "a form that leads on", target: `${action}&return=/next`, headers: form, body: "name=A" },
  {
    name: "a form that leads back",
    target: action,
    headers: { ...form, referer: "http://rian.test/page?a=1" },
    body: "name=Ada",
  },
  { name: "a form that is refused", target: action, headers: form, body: "" },
  { name: "a form from another site", target: action, headers: { ...form, origin: stranger } },
  { name: "a form that is no UTF-8", target: action, headers: form, body: "name=%ff" },
  {
    name: "a form in parts",
    target: action,
    headers: { "content-type": "multipart/form-data; boundary=b" },
    body: '--b\r\ncontent-disposition: form-data; name="name"\r\n\r\nAda\r\n--b--\r\n',
  },
  {
    name: "a form in parts that breaks off",
    target: action,
    headers: { "content-type": "multipart/form-data; boundary=b" },
    body: "--b\r\n",
  },
];

const others: readonly RecordedRequest[] = [
  ...["GET", "HEAD", "PUT", "DELETE", "PATCH"].map((method) => ({
    name: `the event's path by ${method}`,
    method,
  })),
  { name: "the event's path by PUT, with a body", method: "PUT", headers: json, body: message() },
  { name: "an unknown path", target: "/nasc/nothing", headers: json, body: message() },
  { name: "an unknown path by GET", method: "GET", target: "/nasc/nothing" },
  { name: "the base", method: "GET", target: "/nasc" },
  { name: "a path below the event's", target: "/nasc/event/x", headers: json, body: message() },
  { name: "the event's path with a slash", target: "/nasc/event/", headers: json, body: message() },
  { name: "a route of the app below the base", method: "GET", target: "/nasc/extra" },
  ...([
    ["a stream", "/nasc/stream?scope=User:me"],
    ["a stream without a scope", "/nasc/stream"],
    ["a refused stream", "/nasc/stream?scope=User:secret"],
    ["a stream by clientId", "/nasc/stream?clientId=k3x9"],
    ["the schemas", "/nasc/schema"],
    ["a schema", "/nasc/schema/User"],
    ["an unknown schema", "/nasc/schema/Nobody"],
    ["the manifest", "/nasc/manifest"],
    ["the client", "/nasc/client.js"],
    ["health", "/nasc/health"],
  ] as const).flatMap(([name, target]) => [
    { name, method: "GET", target },
    { name: `${name}, from the app's origin`, method: "GET", target, headers: { origin: app } },
    { name: `${name}, for a stranger's host`, method: "GET", target, headers: { host: "evil.a" } },
    { name: `${name}, its head`, method: "HEAD", target },
  ]),
];

/** Every request whose answer is recorded, in the order in which they are sent. */
export const requests: readonly RecordedRequest[] = [
  ...accepted,
  ...refused,
  ...origins,
  ...preflights,
  ...forms,
  ...others,
];
