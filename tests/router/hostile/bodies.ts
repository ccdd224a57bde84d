import { type HostileCase, requestCase } from "./case.ts";

const message = '{"type":"Vault","instance":"ann","event":"fill","payload":1}';
const form = "/nasc/event?type=Note&instance=ann&event=rename";
const multipart = "multipart/form-data; boundary=b";
const urlencoded = "application/x-www-form-urlencoded";

/** Bodies by their media types. */
const forms: readonly (readonly [type: string, body: string])[] = [
  ...[
    "",
    "title=%zz",
    "title=%ff&count=1",
    "title=x&count=1e999",
    "__proto__[x]=1",
    "title[]=x&count=1",
  ]
    .map((text) => [urlencoded, text] as const),
  ...[
    "constructor[prototype][x]=1",
    "title=x&title=y&count=1",
    "&&&===",
    "title",
    "a=1&".repeat(20_000),
  ]
    .map((text) => [urlencoded, text] as const),
  ...["", "--b--", "--b\r\n", "--b\r\n\r\n--b--", "--b--\r\n--b--", "x".repeat(1_000)]
    .map((text) => [multipart, text] as const),
  ...[
    'name="__proto__"',
    'name="title"; filename="../../x"',
    'name="title',
    "",
    'name="a\0b"',
    'name=""',
  ]
    .map((name) =>
      [multipart, `--b\r\ncontent-disposition: form-data; ${name}\r\n\r\n1\r\n--b--`] as const
    ),
  [`multipart/form-data; boundary=${"b".repeat(300)}`, "--b--"],
  ['multipart/form-data; boundary="', "--b--"],
  ["multipart/form-data", "--b--"],
  ...[
    ...["text/plain", "text/html", "", ";", "/", "application/json+x", "application/xml", "a, b"],
    ...[
      "application/json; charset=utf-16",
      "application/json;charset=\xff",
      "application/octet-stream",
    ],
  ].map((type) => [type, message] as const),
];

/** Bodies that are wrong in their media types, or in what those say of them. */
export const bodies: readonly HostileCase[] = [
  ...forms.map(([type, body], index) =>
    requestCase("form", `${index} ${type.slice(0, 50)}`, {
      target: form,
      headers: { "content-type": type },
      body,
    })
  ),
];
