import fc from "fast-check";
import type { HostileRequest } from "./request.ts";

/** How a request is put on the wire. */
export interface Wire {
  /** Added to the true length. */
  readonly lie: number;
  readonly isChunked: boolean;
  /** In how many pieces the body is written. */
  readonly pieces: number;
  /** The byte that is changed last, if any. */
  readonly broken: number | undefined;
  readonly more: readonly string[];
}

/** Any way to do so. */
export const wire: fc.Arbitrary<Wire> = fc.record({
  lie: fc.oneof({ arbitrary: fc.constant(0), weight: 6 }, fc.integer({ min: -50, max: 50 })),
  isChunked: fc.boolean(),
  pieces: fc.integer({ min: 1, max: 4 }),
  broken: fc.oneof({ arbitrary: fc.constant(undefined), weight: 4 }, fc.nat({ max: 2_000 })),
  more: fc.subarray([
    "host: evil.test:99",
    "expect: 100-continue",
    "connection: keep-alive, upgrade\r\nupgrade: websocket",
    "x-empty:",
    "content-type: text/html",
    `x-long: ${"a".repeat(8_000)}`,
    "transfer-encoding: gzip",
    "content-length: 3",
    "trailer: x",
  ], { maxLength: 1 }),
});

/** Returns the bytes of a request. */
export function bytesOf({ method, target, headers, body }: HostileRequest, sent: Wire): Buffer {
  const content = Buffer.from(body);
  const step = Math.ceil(content.length / sent.pieces) || 1;
  const chunks = Array.from(
    { length: sent.pieces },
    (_, piece) => content.subarray(piece * step, (piece + 1) * step),
  ).filter(({ length }) => length > 0);
  const lines = [
    `${method.toUpperCase()} ${target} HTTP/1.1`,
    "host: rian.test",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...sent.more,
    sent.isChunked
      ? "transfer-encoding: chunked"
      : `content-length: ${Math.max(0, content.length + sent.lie)}`,
  ];
  const bytes = Buffer.concat([
    Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"),
    ...(sent.isChunked
      ? chunks.flatMap((chunk) => [
        Buffer.from(`${(chunk.length + sent.lie).toString(16)}\r\n`),
        chunk,
        Buffer.from("\r\n"),
      ]).concat(Buffer.from("0\r\n\r\n"))
      : chunks),
  ]);
  if (sent.broken !== undefined) bytes[sent.broken % bytes.length] = sent.broken;
  return bytes;
}
