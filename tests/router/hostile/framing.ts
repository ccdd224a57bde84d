import { each, type HostileCase, joined, latin1, rawCase, requestCase } from "./case.ts";

const body = '{"type":"Vault","instance":"ann","event":"fill","payload":1}';
const json = "content-type: application/json\r\n";
const who = "host: rian.test\r\nx-user: mallory\r\n";
const start = `POST /nasc/event HTTP/1.1\r\n${who}${json}`;
const counted = `content-length: ${body.length}\r\n`;
const chunked = "transfer-encoding: chunked\r\n";
const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const peek = `GET /nasc/stream?scope=Vault:ann HTTP/1.1\r\n${who}\r\n`;

/** Bodies whose length is not what it says; the connection ends where there is nothing more to send. */
const lengths: readonly (readonly [string, string])[] = [
  ["chunks", `${start}${chunked}\r\n${chunks}`],
  ["chunks with an extension", `${start}${chunked}\r\n${chunks.replace("\r\n", ';a="b\r\n')}`],
  ["a chunk that is too long", `${start}${chunked}\r\nff\r\n${body}\r\n0\r\n\r\n`],
  ["a chunk that is too short", `${start}${chunked}\r\n5\r\n${body}\r\n0\r\n\r\n`],
  ["a negative chunk", `${start}${chunked}\r\n-5\r\n${body}\r\n0\r\n\r\n`],
  ["a chunk in 0x", `${start}${chunked}\r\n0x10\r\n${body}\r\n0\r\n\r\n`],
  ["a chunk of 2^64 bytes", `${start}${chunked}\r\n10000000000000000\r\n${body}\r\n0\r\n\r\n`],
  ["a chunk without a size", `${start}${chunked}\r\n\r\n${body}\r\n0\r\n\r\n`],
  ["no last chunk", `${start}${chunked}\r\n${chunks.slice(0, -5)}`],
  ["trailers", `${start}${chunked}\r\n${chunks.slice(0, -2)}x-user: ann\r\n\r\n`],
  ["chunks and a length", `${start}${chunked}${counted}\r\n${chunks}`],
  [
    "a length and chunks, and a request behind",
    `${start}content-length: 5\r\n${chunked}\r\n0\r\n\r\n${peek}`,
  ],
  ["two lengths", `${start}${counted}content-length: 5\r\n\r\n${body}`],
  ["a list of lengths", `${start}content-length: 5, 5\r\n\r\n${body}`],
  ["a negative length", `${start}content-length: -1\r\n\r\n${body}`],
  ["a signed length", `${start}content-length: +${body.length}\r\n\r\n${body}`],
  ["a length in words", `${start}content-length: many\r\n\r\n${body}`],
  ["a length of 1e20", `${start}content-length: 100000000000000000000\r\n\r\n${body}`],
  ["a length of 2^53", `${start}content-length: 9007199254740992\r\n\r\n${body}`],
  ["a body too short", `${start}content-length: 500\r\n\r\n${body}`],
  ["a body too long", `${start}content-length: 20\r\n\r\n${body}`],
  ["no length", `${start}\r\n${body}`],
  ["a body of a GET", `GET /nasc/stream?scope=Vault:ann HTTP/1.1\r\n${who}${counted}\r\n${body}`],
  ["gzip, chunked", `${start}transfer-encoding: gzip, chunked\r\n\r\n${chunks}`],
  ["chunked, identity", `${start}transfer-encoding: chunked, identity\r\n\r\n${chunks}`],
  ["chunked twice", `${start}${chunked}${chunked}\r\n${chunks}`],
  ["identity", `${start}transfer-encoding: identity\r\n${counted}\r\n${body}`],
  ["a space before the colon", `${start}transfer-encoding : chunked\r\n\r\n${chunks}`],
  ["a vertical tab", `${start}transfer-encoding: \x0bchunked\r\n\r\n${chunks}`],
  ["Expect", `${start}${counted}expect: 100-continue\r\n\r\n${body}`],
  ["Expect of nonsense", `${start}${counted}expect: 200-ok\r\n\r\n${body}`],
  ["a body as a request", `${start}content-length: ${peek.length}\r\n\r\n${peek}`],
  ["two requests", `${start}${counted}\r\n${body}${peek}`],
  ["twenty requests", `${start}${counted}\r\n${body}`.repeat(20)],
  ["a request behind a refused one", `${start}content-length: 300000\r\n\r\n${peek}`],
];

/** What is not quite HTTP/1.1. */
const lines: readonly (readonly [string, string | Uint8Array])[] = [
  ["HTTP/0.9", "GET /nasc/health\r\n\r\n"],
  ["HTTP/1.0", `GET /nasc/stream?scope=Vault:ann HTTP/1.0\r\n\r\n`],
  ["HTTP/1.2", `GET /nasc/stream?scope=Vault:ann HTTP/1.2\r\n${who}\r\n`],
  ["HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["HTTP/9.9", `GET / HTTP/9.9\r\n${who}\r\n`],
  ["no version", `GET /nasc/health ${who}\r\n`],
  ["line feeds alone", `${start}${counted}\r\n${body}`.replaceAll("\r\n", "\n")],
  ["carriage returns alone", `${start}${counted}\r\n${body}`.replaceAll("\r\n", "\r")],
  ["a folded header", `${start}x-a: b\r\n c: d\r\n${counted}\r\n${body}`],
  ["a header without a colon", `${start}nonsense\r\n${counted}\r\n${body}`],
  ["a header without a name", `${start}: x\r\n${counted}\r\n${body}`],
  ["a header with a NUL", `${start}x-a: b\0c\r\n${counted}\r\n${body}`],
  ["a name with a space", `${start}x a: b\r\n${counted}\r\n${body}`],
  ["a name of bytes", joined(latin1(`${start}\xff\xfe: b\r\n${counted}\r\n`), body)],
  ["1,000 headers", `${start}${"x: y\r\n".repeat(1_000)}${counted}\r\n${body}`],
  ["a long header", `${start}x: ${"y".repeat(100_000)}\r\n${counted}\r\n${body}`],
  ["a long address", `GET /nasc/stream?scope=Vault:${"a".repeat(20_000)} HTTP/1.1\r\n${who}\r\n`],
  ["no host", `POST /nasc/event HTTP/1.1\r\nx-user: mallory\r\n${json}${counted}\r\n${body}`],
  ["two hosts", `${start}host: evil.test\r\n${counted}\r\n${body}`],
  ["two users", `${start}x-user: ann2\r\n${counted}\r\n${body}`],
  ["two media types", `${start}content-type: text/plain\r\n${counted}\r\n${body}`],
  ["a TLS hello", latin1("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".padEnd(200, "\x9c"))],
  ["the PROXY protocol", `PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n${start}${counted}\r\n${body}`],
  ["a memcached command", "set a 0 0 1\r\nx\r\n"],
  ["nothing but line ends", "\r\n".repeat(100)],
  ["nothing", ""],
  ["bytes", Uint8Array.from({ length: 500 }, (_, at) => at * 37 % 256)],
  ["half a request line", "POST /nasc/ev"],
  ["half a header", `${start}x-a: b`],
  [
    "an upgrade to HTTP/2",
    `${start}connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n${counted}\r\n${body}`,
  ],
];

const targets: readonly string[] = [
  ...[
    "http://rian.test/nasc/stream?scope=Vault:ann",
    "http://evil.test/nasc/stream?scope=Vault:ann",
  ],
  ...[
    "https://ann@rian.test/nasc/schema",
    "ftp://rian.test/nasc/event",
    "rian.test:443",
    "*",
    "//",
  ],
  ...[
    "//evil.test/nasc/event",
    "/nasc/../../etc/passwd",
    "/nasc/%2e%2e/%2e%2e/etc/passwd",
    "/nasc//event",
  ],
  ...[
    "/nasc/..%2f..%2fpackage.json",
    "/nasc/client.js/../../mod.ts",
    "/nasc/client/../x",
    "/nasc/.",
  ],
  ...[
    "/nasc/schema/__proto__",
    "/nasc/schema/constructor",
    "/nasc/schema/Vault",
    "/nasc/schema/%00",
  ],
  ...["/nasc/schema/%ff", "/nasc/schema/..%2f", "/nasc/event#x", "/nasc/event%00", "/nasc/%65vent"],
  ...[
    "/NASC/event",
    "/nasc/event/",
    "/nasc/event?return=//evil.test",
    "/nasc\\event",
    "/nasc/event?%",
  ],
  ...[
    "nasc/event",
    "?scope=Vault:ann",
    "/nasc/stream?scope=Vault:ann HTTP/1.1",
    "/nasc/\xff",
    "/nasc/ws",
  ],
  ...[
    "/nasc/manifest?x=<script>",
    "/nasc/health/x",
    "/nasc/event?__proto__[x]=1",
    "/nasc/poll?scope=a",
  ],
];

const headers: readonly (readonly [string, string])[] = [
  ...[
    "a b",
    "[",
    "[::",
    "evil.test:99999",
    "ann@rian.test",
    "",
    "rian.test/x",
    "\xff",
    "..",
    "a".repeat(300),
  ]
    .map((host) => ["host", host] as const),
  ...[
    "null",
    "http://evil.test",
    "http://",
    "http://rian.test.evil.test",
    "http://rian.test:1",
    "\xff",
    "*",
  ]
    .map((origin) => ["origin", origin] as const),
  ...["gzip", "br, gzip", "identity, gzip", "\xff", "x"].map((coding) =>
    ["content-encoding", coding] as const
  ),
  ...["a=%zz", "=", "nasc_client=x; nasc_client=y", "__proto__=1", "a".repeat(7_000)].map((
    cookie,
  ) => ["cookie", cookie] as const),
  ["sec-fetch-site", "cross-site"],
  ["x-forwarded-host", "evil.test"],
  ["range", "bytes=0-,1-,2-"],
  ["if-none-match", '"'],
  ["upgrade", "websocket"],
  ["x-http-method-override", "DELETE"],
];

const methods = [
  "GET",
  "HEAD",
  "PUT",
  "DELETE",
  "PATCH",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "PROPFIND",
];

/** Requests that are wrong in their bytes, their addresses, or their headers. */
export const framing: readonly HostileCase[] = [
  ...lengths.map(([name, bytes]) => rawCase("length", name, bytes, { ends: true })),
  ...lines.map(([name, bytes]) => rawCase("line", name, bytes, { ends: true })),
  ...each("target", targets, (target) => ({ method: "GET", target })),
  ...each("target of a POST", targets, (target) => ({ target, body })),
  ...[...methods, "post", "P\0ST", "P OST", ""].map((method) =>
    requestCase("method", JSON.stringify(method), {
      method,
      target: "/nasc/event",
      body,
      ends: true,
    })
  ),
  ...headers.map(([name, value]) =>
    requestCase("header", `${name}: ${JSON.stringify(value.slice(0, 40))}`, {
      headers: { [name]: value },
      body,
    })
  ),
];
