/** A request that means no good, as bytes. */
export interface HostileCase {
  readonly kind: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Whether the connection then sends no more: the server may wait for it. */
  readonly ends: boolean;
}

/** What a case is made of. */
export interface HostileParts {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly ends?: boolean;
}

const utf8 = new TextEncoder();

/** Returns the bytes of a text, each letter as one byte. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Returns parts as one. */
export function joined(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const all = parts.map((part) => typeof part === "string" ? utf8.encode(part) : part);
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Returns a case of bytes that may be no request at all. */
export function rawCase(
  kind: string,
  name: string,
  bytes: string | Uint8Array,
  { ends = false }: Pick<HostileParts, "ends"> = {},
): HostileCase {
  return { kind, name, bytes: joined(bytes), ends };
}

/** Returns a case that is a request, as far as HTTP goes. Who sends it is Mallory. */
export function requestCase(
  kind: string,
  name: string,
  { method = "POST", target = "/nasc/event", headers, body, ends }: HostileParts,
): HostileCase {
  const content = body === undefined ? undefined : joined(body);
  const all: Record<string, string> = {
    host: "rian.test",
    "x-user": "mallory",
    connection: "close",
    ...(content && { "content-type": "application/json", "content-length": `${content.length}` }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return rawCase(
    kind,
    name,
    joined(latin1(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`), content ?? ""),
    { ends: ends ?? false },
  );
}

/** Returns one case for each value. */
export function each(
  kind: string,
  values: readonly string[],
  parts: (value: string) => HostileParts,
): HostileCase[] {
  return values.map((value, index) => {
    const name = `${index} ${JSON.stringify(value.slice(0, 60))}`;
    return requestCase(kind, name, parts(value));
  });
}
