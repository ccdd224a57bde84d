import { each, type HostileCase, requestCase } from "./case.ts";

function get(target: string): { readonly method: string; readonly target: string } {
  return { method: "GET", target: `/nasc/stream?${target}` };
}

function poll(query: string): { readonly method: string; readonly target: string } {
  return { method: "GET", target: `/nasc/poll?${query}` };
}

const long = "x".repeat(600);

/** What a page may say that it has, as it stands in an address. */
const haves: readonly string[] = [
  ...[".", "..", "...", "a", "a.b", "a.b.c", "a.1", "a.1.", ".1.t", "a..t", "a.-1.t", "a.+1.t"],
  ...["a.1e3.t", "a.1.5.t", "a.0x1.t", "a.9007199254740993.t", "a.99999999999999999.t", "a.0.t"],
  ...["a.1.t.t", "~.1.t", "a~.0.-", "a~b~c.1.t", "__proto__.1.constructor", "constructor.0.t"],
  ...[`${"e".repeat(1_500)}.1.t`, `a.1.${"t".repeat(65)}`, `a.${"1".repeat(40)}.t`],
  ...["%00", "%0a", "a%0d%0adata.1.t", "%ff.1.t", "%ed%a0%80.1.t", "%", "%zz.1.t", "%e2%82.1.t"],
  ...["é.1.t", "%f0%9f%98%80.1.t", "a.%d9%a1.t", "a+b.1.t", "a.1.t%00", "a%2e1%2et", " .1.t"],
  ...["undefined.1.undefined", "null.null.null", "[object Object].1.t", "a.NaN.t", "a.Infinity.t"],
];

const scopes: readonly string[] = [
  ...[
    "",
    ":",
    ":ann",
    "Note",
    "Note:",
    "note:ann",
    "NOTE:ann",
    "Note%00:ann",
    "Note:%00",
    "Note:%7f",
  ],
  ...["__proto__:ann", "constructor:ann", "toString:ann", "hasOwnProperty:ann", "_nasc_gone:x"],
  ...["_nasc_receipts:x", "_nasc_receipts:%5B%22Note%22,%22ann%22%5D", "Vault:ann", "Vault:ann:x"],
  ...[
    "Vault%3Aann",
    "%56ault:ann",
    "Vault:%61nn",
    "Vault:other",
    "Note:ann%0d%0adata:x",
    "Note:%ff",
  ],
  ...["Note:%ed%a0%80", `Note:${long}`, `${long}:ann`, "Note:../../etc/passwd", "Note:%2e%2e%2f"],
  ...["Note:ann%20", "Note: ann", "[]", "{}", "*", "*:*", "Note:*", "Box:%f0%9f%98%80"],
];

const clientIds: readonly string[] = [
  ...["", "..", "of-ann", "a%20b", "a%0ab", "a%0d%0aevent:x", "%00", "%ff", "é", "__proto__", "*"],
  ...["x".repeat(128), "x".repeat(129), "constructor", "a&clientId=b", "a;b", "%f0%9f%98%80"],
];

const several: readonly (readonly [string, string])[] = [
  ["two haves for one scope", "scope=Note:ann&have=&have="],
  ["one have for two scopes", "scope=Note:ann&scope=Note:bob&have="],
  ["a have for no scope", "have=a.1.t"],
  ["have as a list", "scope=Note:ann&have[]=a.1.t"],
  ["scope as a list", "scope[]=Note:ann"],
  ["scope as an object", "scope[type]=Note&scope[id]=ann"],
  ["what is allowed beside what is not", "scope=Note:ann&have=&scope=Vault:ann&have="],
  ["one scope with two haves", "scope=Note:ann&have=a.1.t&scope=Note:ann&have=b.2.u"],
  ["too many scopes", Array.from({ length: 101 }, (_, at) => `scope=Note:${at}`).join("&")],
  ["a clientId and a scope", "scope=Vault:ann&clientId=of-ann"],
  ["a token of a stream", "scope=Note:ann&have=&stream=0123456789abcdef0123456789abcdef"],
  ["a user", "scope=Note:ann&have=&user=ann&x-user=ann"],
  ["a protocol", "scope=Note:ann&protocol=2&protocol=__proto__"],
];

/** Streams that are asked for in the wrong way, or for what is another's. */
export const streams: readonly HostileCase[] = [
  ...each("have", haves, (have) => get(`scope=Note:ann&have=${encode(have)}`)),
  ...each(
    "have of another's",
    haves.slice(0, 12),
    (have) => get(`scope=Vault:ann&have=${encode(have)}`),
  ),
  ...each("scope", scopes, (scope) => get(`scope=${encode(scope)}`)),
  ...each("scope in protocol 2", scopes, (scope) => get(`scope=${encode(scope)}&have=`)),
  ...each("clientId", clientIds, (id) => get(`clientId=${encode(id)}`)),
  ...several.map(([name, query]) => requestCase("scopes", name, get(query))),
  ...each("have of a poll", haves, (have) => poll(`scope=Note:ann&have=${encode(have)}`)),
  ...each("scope of a poll", scopes, (scope) => poll(`scope=${encode(scope)}`)),
  ...several.map(([name, query]) => requestCase("scopes of a poll", name, poll(query))),
  ...["POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"].map((method) =>
    requestCase("stream", `by ${method}`, { method, target: "/nasc/stream?scope=Vault:ann" })
  ),
  ...[["last-event-id", "5\u0000"], ["last-event-id", "-1"], ["accept", "text/html;q=x"]].map((
    [name, value],
  ) =>
    requestCase("stream", `${name}: ${value}`, {
      ...get("scope=Note:ann"),
      headers: { [name!]: value! },
    })
  ),
];

/** Returns lies about an instance of Ann's that is there, by someone who has learnt its epoch, its revision and a tag. */
export function lies({ epoch, rev, tag }: {
  readonly epoch: string;
  readonly rev: number;
  readonly tag: string;
}): readonly HostileCase[] {
  const revs = [0, rev - 1, rev, rev + 1, 999, Number.MAX_SAFE_INTEGER];
  const tags = [tag, "-", "t"];
  const haves = revs.flatMap((rev) => tags.map((tag) => `${epoch}.${rev}.${tag}`));
  const refused = { type: "Note", instance: "ann", event: "rename", protocol: 2, payload: {} };
  return [
    ...each("have that lies", haves, (have) => get(`scope=Note:ann&have=${encode(have)}`)),
    ...each(
      "have of another's that lies",
      haves,
      (have) => get(`scope=Vault:ann&have=${encode(have)}`),
    ),
    ...each("message that lies", revs.map(String), (rev) => ({
      body: JSON.stringify({ ...refused, epoch, rev: Number(rev) }),
    })),
  ];
}

/** Writes what no request line can carry as it would have to be. */
function encode(text: string): string {
  return text.replaceAll(/[^!-~]/g, (letter) => encodeURIComponent(letter));
}
