import { spent } from "./app.ts";
import { each, type HostileCase, latin1, requestCase } from "./case.ts";

const note = { type: "Note", instance: "ann", event: "rename" };
const valid = { title: "x", count: 1 };

/** Values, as JSON, that no field of a message may be. */
const nasty: readonly string[] = [
  ...'null true -1 1.5 1e999 [] {} [[]] "" " " "\\u0000" "a\\nb" "\\ud800"'.split(" ")
    .filter((text) => text !== '"'),
  '"a\\r\\ndata: x"',
  `"${"x".repeat(600)}"`,
  '"__proto__"',
  '{"__proto__":{"x":1}}',
  '{"toString":"x"}',
];

/** Returns a message with one field as this JSON says, and the others as they should be. */
function withField(field: string, json: string): string {
  const rest = { ...note, payload: valid, protocol: 2 } as Record<string, unknown>;
  delete rest[field];
  const text = JSON.stringify(rest);
  return `${text.slice(0, -1)},${JSON.stringify(field)}:${json}}`;
}

const fields: HostileCase[] = ["type", "instance", "event", "eventId", "stream"]
  .flatMap((field) =>
    each(`field ${field}`, nasty.filter((json) => !isFine(field, json)), (json) => ({
      body: withField(field, json),
    }))
  );

/** The ids of events and the tokens of streams may be any word. */
function isFine(field: string, json: string): boolean {
  return ["eventId", "stream"].includes(field) && json === '"__proto__"';
}

const numbers: HostileCase[] = [
  ...each(
    "protocol",
    ["0", "3", "2.5", '"2"', "[2]", "1e400", "-1", "null", "{}"],
    (json) => ({ body: withField("protocol", json) }),
  ),
  ...each(
    "rev",
    ["-1", "1.5", '"1"', "1e999", "9007199254740993", "[1]", "null", "{}", "true"],
    (json) => ({ body: withField("rev", json) }),
  ),
  ...each(
    "epoch",
    [
      '""',
      "1",
      "null",
      "[]",
      '"a b"',
      '"a.b"',
      '"a\\n"',
      `"${"e".repeat(10_000)}"`,
      '"__proto__."',
    ],
    (json) => ({ body: withField("epoch", json) }),
  ),
];

const names: HostileCase[] = [
  ...each("event", [
    ...["constructor", "valueOf", "toString", "hasOwnProperty", "__defineGetter__", "__proto__"],
    ...["__lookupSetter__", "isPrototypeOf", "view", "viewKey", "schemas", "version", "migrate"],
    ...["refused", "internal", "credit", "Rename", "rename ", "create", "schema", "then", "_empty"],
  ], (event) => ({ body: JSON.stringify({ ...note, event, payload: valid }) })),
  ...each("type", [
    ...["constructor", "toString", "__proto__", "note", "Note ", "_nasc_receipts", "_nasc_gone"],
    ...["Note:ann", "../Note", "Note\u0000", "Vault", "hasOwnProperty", "Note/ann", "NOTE"],
  ], (type) => ({ body: JSON.stringify({ ...note, type, event: "fill", payload: valid }) })),
  ...each("instance", ["Vault:ann", "Vault:", ":ann", "_nasc_gone:x", "__proto__:ann", "Note"], (
    instance,
  ) => ({ body: JSON.stringify({ instance, event: "fill", payload: valid }) })),
];

const thefts: HostileCase[] = [
  ["an event id of Ann's", { ...note, eventId: spent, payload: { title: "mine", count: 2 } }],
  ["the event of Ann's, word for word", { ...note, eventId: spent, payload: valid }],
  ["a mount in the name of Ann", {
    ...note,
    event: "mount",
    user: "ann",
    payload: { user: "ann" },
  }],
  ["a mount of what is Ann's", { type: "Vault", instance: "ann", event: "mount" }],
  ["a mount in protocol 2", { ...note, event: "mount", protocol: 2, payload: undefined }],
  ["a mount of another creation", { ...note, event: "mount", protocol: 2, epoch: "x", rev: 0 }],
  ["an event of another creation", { ...note, protocol: 2, epoch: "x", rev: 0, payload: valid }],
  ["a mount with a clientId of Ann's", { ...note, event: "mount", clientId: "of-ann" }],
  ["an event that would create", { ...note, instance: "mine", payload: valid }],
].map(([name, message]) => requestCase("theft", name as string, { body: JSON.stringify(message) }));

function deep(levels: number, open: string, close: string): string {
  return open.repeat(levels) + (open === "[" ? "" : "1") + close.repeat(levels);
}

/** Payloads, as JSON, that the schema of `rename` does not allow, or that nothing may hold. */
const payloads: readonly string[] = [
  ...["null", "true", "1", '"x"', "[]", "{}", '[{"title":"x","count":1}]', '{"title":"x"}'],
  ...[deep(101, "[", "]"), deep(600, "[", "]"), deep(90_000, "[", "]"), deep(101, '{"a":', "}")],
  deep(10_000, '{"title":', "}"),
  ...["1e999", "-1e999", "1e308", "123456789012345678901234567890", "-1", "0.1", '"1"', "[1]"]
    .map((count) => `{"title":"x","count":${count}}`),
  ...["null", "1", "[]", "{}", '""', '["x"]', '{"toUpperCase":1}', '{"length":1}', "true"]
    .map((title) => `{"title":${title},"count":1}`),
  `{"title":"${"x".repeat(100_000)}","count":1}`,
  '{"title":"x","count":1,"title":1}',
  '{"title":"x","count":1,"more":1}',
  '{"title":"x","count":1,"__proto__":{"polluted":1}}',
  '{"__proto__":{"title":"x","count":1}}',
  '{"title":"x","count":1,"constructor":{"prototype":{"polluted":1}}}',
  '{"title":"x","count":1,"constructor.prototype.polluted":1}',
  '{"title":"x","count":1,"constructor[prototype][polluted]":1}',
  '{"title":"x","count":1,"a":[{"__proto__":null}]}',
  '{"title":"x","count":1,"toString":1}',
  '{"title":"x","count":1,"then":1}',
  '{"title":"x","count":1,"":1}',
  `{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":1`).join()}}`,
  `[${"0,".repeat(90_000)}0]`,
];

/** Payloads, as JSON, that a handler without a schema may get: whatever becomes of them is no failure. */
const taken: readonly string[] = [
  ...['"\\ud800"', '"\\udc00\\ud800"', '{"\\ud800":1}', '{"a":-0,"b":1e-999}', '"\\u2028\\u202e"'],
  ...['{"$date":1}', '{"toJSON":1}', '{"then":{}}', '{"length":-1}', '{"1":1,"0":0}', "[null]"],
  ...[
    '{"a":{},"a":[]}',
    '{"then":"x","catch":1}',
    '{"rev":1,"epoch":"x"}',
    `["${"x".repeat(99)}"]`,
  ],
  ...[deep(90, "[", "]"), `"data: x\\n\\nevent: y"`, '{"valueOf":1,"hasOwnProperty":1}', "1e308"],
];

const scratch = '{"type":"Box","instance":"s","event":"keep","payload":';

const texts: readonly (string | Uint8Array)[] = [
  ...["", " ", "[", "{", "{}", "null", "1", '"x"', "NaN", "{'type':'Note'}", '{"type":"Note",}'],
  ...[
    "[null]",
    "[[]]",
    `[${"{},".repeat(100)}{}]`,
    "\ufeff{}",
    "\u0000",
    "{}{}",
    "// {}",
    "undefined",
  ],
  ...[
    "\xff",
    "\xc3\x28",
    "\xed\xa0\x80",
    "\xf4\x90\x80\x80",
    "\xc0\xaf",
    "\xe2\x82",
    "\xfe\xff\0{\0}",
  ]
    .map((bytes) => latin1(`${scratch}"${bytes}"}`)),
  "x".repeat(200_001),
  `${scratch}"${"x".repeat(300_000)}"}`,
  `${scratch}1`,
];

/** Messages that are wrong in their fields, their payloads or their text. */
export const messages: readonly HostileCase[] = [
  ...fields,
  ...numbers,
  ...names,
  ...thefts,
  ...each("payload", payloads, (json) => ({
    body: `{"type":"Note","instance":"ann","event":"rename","payload":${json}}`,
  })),
  ...each("payload, twice in a message", ['{"title":"x","count":-1}', "[]"], (json) => ({
    body: `{"payload":${
      JSON.stringify(valid)
    },"type":"Note","instance":"ann","event":"rename","payload":${json}}`,
  })),
  ...each("payload of anything", taken, (json) => ({ body: `${scratch}${json}}` })),
  ...texts.map((body, index) => requestCase("text", `${index} ${body.slice(0, 40)}`, { body })),
];
