import { expect, onTestFinished, test } from "vitest";
import type { Operation } from "../../src/processor/operations/operation.ts";
import { stateTag } from "../../src/processor/state-tag.ts";
import { head, RawConnection } from "../support/raw-connection.ts";
import { type Said, TestSocket } from "../support/test-socket.ts";

/** Where the session app is served. */
export interface ServedApp {
  /** The origin of the server, known once tests run. */
  readonly url: () => string;
  /** Whether the platform says how much of a socket is still to be sent. */
  readonly isBuffered: boolean;
}

/** Tests `GET /ws` on the server of a platform, over its real sockets. */
export function testServedSockets(platform: string, { url, isBuffered }: ServedApp): void {
  async function login(name: string): Promise<Record<string, string>> {
    const response = await fetch(`${url()}/login?name=${name}`, { method: "POST" });
    return { cookie: `session=${await response.text()}` };
  }

  async function post(
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: object } = {},
  ): Promise<Said> {
    const response = await fetch(`${url()}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expect([path, response.status]).toEqual([path, 200]);
    return text;
  }

  function write(id: string, text: string): Promise<Said> {
    const message = { type: "Note", instance: id, event: "write", payload: text };
    return post("/nasc/event", { body: message });
  }

  async function open(
    headers: Record<string, string>,
    options: { answersPings?: boolean } = {},
  ): Promise<{ socket: TestSocket; token: string }> {
    const socket = await TestSocket.open(`${url()}/nasc/ws`, { headers, ...options });
    onTestFinished(() => socket.close());
    const hello = await socket.next();
    expect(hello).toMatchObject({ action: "hello", protocol: 2, stream: expect.any(String) });
    return { socket, token: hello.stream };
  }

  /** Opens a socket that follows notes, and returns their snapshots too. */
  async function follow(
    headers: Record<string, string>,
    ...ids: readonly string[]
  ): Promise<{ socket: TestSocket; token: string; snapshots: readonly Said[] }> {
    const opened = await open(headers);
    opened.socket.say({ open: ids.map((id) => ({ scope: `Note:${id}`, have: "" })) });
    const snapshots: Said[] = [];
    for (const _ of ids) snapshots.push(await opened.socket.next());
    expect(snapshots.map(({ action }) => action)).toEqual(ids.map(() => "snapshot"));
    return { ...opened, snapshots };
  }

  const replaced = (value: string): Operation[] => [{ op: "replace", path: "/text", value }];

  test(`on ${platform}, a socket shows instances and what changes, and answers events, by the frames of a stream`, async () => {
    const { socket, token, snapshots } = await follow(await login("ann"), "one", "two");
    const { epoch, rev } = snapshots[0];
    expect(snapshots).toMatchObject([
      { type: "Note", instance: "one", state: { text: "first" } },
      { type: "Note", instance: "two", state: { text: "first" } },
    ]);
    await write("two", "by others");
    expect(await socket.next()).toMatchObject({
      ...{ action: "patch", type: "Note", instance: "two", ops: replaced("by others") },
    });
    const about = { protocol: 2, type: "Note", instance: "one", stream: token, epoch, rev };
    socket.say({ send: { ...about, event: "write", payload: "mine", eventId: "e1" } });
    const said = [await socket.next(), await socket.next()];
    expect(said.find(({ answer }) => answer).answer)
      .toEqual({ ok: true, eventId: "e1", rev: rev + 1, epoch, streamed: true });
    expect(said.find(({ action }) => action))
      .toMatchObject({ action: "patch", instance: "one", ops: replaced("mine"), eventIds: ["e1"] });
    // Sent again, it is not applied again.
    socket.say({ send: { ...about, event: "write", payload: "mine", eventId: "e1" } });
    expect((await socket.next()).answer).toMatchObject({ eventId: "e1", rev: rev + 1 });
    socket.say("ping");
    expect(await socket.text()).toBe("pong");
  });

  test(`on ${platform}, a socket that comes back gets what it has missed, and nothing where it missed nothing`, async () => {
    const headers = await login("ann");
    const { socket, snapshots: [{ epoch, rev, state }] } = await follow(headers, "resumed");
    socket.close();
    const have = `${epoch}.${rev}.${stateTag(state)}`;
    const again = await open(headers);
    again.socket.say({ open: [{ scope: "Note:resumed", have }] });
    expect(await again.socket.next()).toMatchObject({ action: "patch", rev, base: rev, ops: [] });
    again.socket.close();
    await write("resumed", "meanwhile");
    const later = await open(headers);
    later.socket.say({ open: [{ scope: "Note:resumed", have }] });
    expect(await later.socket.next()).toMatchObject({ action: "patch", rev: rev + 1 });
  });

  test(`on ${platform}, an instance that the page lets go says nothing more until it is opened again`, async () => {
    const { socket } = await follow(await login("ann"), "kept", "let go");
    socket.say({ close: ["Note:let go"] });
    expect(await socket.next()).toEqual({ action: "closed", type: "Note", instance: "let go" });
    await write("let go", "unheard");
    await write("kept", "heard");
    expect(await socket.next()).toMatchObject({ action: "patch", instance: "kept" });
    socket.say({ open: [{ scope: "Note:let go" }] });
    expect(await socket.next()).toMatchObject({ action: "snapshot", state: { text: "unheard" } });
    // Opened once more, it begins anew.
    socket.say({ open: [{ scope: "Note:let go" }] });
    expect([(await socket.next()).action, (await socket.next()).action])
      .toEqual(["closed", "snapshot"]);
    await write("let go", "once");
    expect(await socket.next()).toMatchObject({ action: "patch", ops: replaced("once") });
    await write("kept", "next");
    expect(await socket.next()).toMatchObject({ action: "patch", instance: "kept" });
  });

  test(`on ${platform}, an instance that is opened twice at once is shown once, and let go as a whole`, async () => {
    const { socket } = await follow(await login("ann"), "other");
    socket.say({
      open: [{ scope: "Note:twice" }, { scope: "Note:once" }, { scope: "Note:twice" }],
    });
    const shown = [(await socket.next()).instance, (await socket.next()).instance];
    expect(shown.sort()).toEqual(["once", "twice"]);
    await write("twice", "changed");
    expect(await socket.next()).toMatchObject({ action: "patch", instance: "twice" });
    await write("other", "one");
    expect(await socket.next()).toMatchObject({ action: "patch", instance: "other" });
    socket.say({ close: ["Note:twice"] });
    expect(await socket.next()).toMatchObject({ action: "closed", instance: "twice" });
    await write("twice", "unheard");
    await write("other", "two");
    expect(await socket.next()).toMatchObject({ action: "patch", instance: "other" });
  });

  test(`on ${platform}, what is refused is refused by itself, with what the problem would say`, async () => {
    const { socket } = await open({});
    socket.say({ open: [{ scope: "Note:a" }, { scope: "Nope:b" }] });
    const refused = [await socket.next(), await socket.next()];
    expect(refused.sort((a, b) => a.instance < b.instance ? -1 : 1)).toMatchObject([
      { action: "error", type: "Note", instance: "a", code: "unauthorized" },
      { action: "error", type: "Nope", instance: "b", code: "unauthorized" },
    ]);
    const about = { protocol: 2, type: "Note", instance: "a", eventId: "e1" };
    const send = async (message: unknown) => {
      socket.say({ send: message });
      return (await socket.next()).answer;
    };
    expect(await send({ ...about, event: "nope" }))
      .toMatchObject({ status: 404, code: "unknown-event", eventId: "e1", patches: [{}] });
    expect(await send({ ...about, event: "mount" }))
      .toMatchObject({ status: 401, code: "unauthorized", eventId: "e1" });
    expect(await send({ ...about, type: 5 }))
      .toMatchObject({ status: 400, code: "invalid-message", eventId: "e1" });
    expect(await send({ ...about, event: "write", payload: "x", rev: -1 }))
      .toMatchObject({ status: 400, eventId: "e1" });
    expect(await send("nonsense")).toMatchObject({ status: 400, code: "invalid-message" });
    expect(await send({ ...about, event: "write", payload: "x" }))
      .toMatchObject({ ok: true, eventId: "e1", patches: [{ action: "snapshot" }] });
  });

  const bad: Readonly<Record<string, readonly [code: number, text: string]>> = {
    "no JSON": [1008, "not json"],
    "nothing": [1008, "null"],
    "a list": [1008, "[]"],
    "an empty object": [1008, "{}"],
    "to open nothing": [1008, '{"open":[]}'],
    "a number for a scope": [1008, '{"open":[{"scope":5}]}'],
    "what it has in a wrong way": [1008, '{"open":[{"scope":"Note:a","have":"x.y"}]}'],
    "to open a text": [1008, '{"open":"Note:a"}'],
    "to close a number": [1008, '{"close":[5]}'],
    "two things at once": [1008, '{"close":["Note:a"],"send":{}}'],
    "something unknown": [1008, '{"send":{},"more":1}'],
    "what it inherits": [1008, '{"__proto__":{"open":[]}}'],
    "to close 101 instances": [1008, `{"close":${JSON.stringify(Array(101).fill("Note:a"))}}`],
    "50,000 open brackets": [1008, "[".repeat(50_000)],
    "300,000 characters": [1009, JSON.stringify({ send: "x".repeat(300_000) })],
    "140,000 characters of two bytes": [1009, JSON.stringify({ send: "é".repeat(140_000) })],
  };

  test.for(Object.keys(bad))(
    `on ${platform}, a socket that says %s is closed, and others go on`,
    async (name) => {
      const [code, text] = bad[name]!;
      const headers = await login("ann");
      const sockets = [await follow(headers, "bad"), await follow(headers, "good")] as const;
      sockets[0].socket.say(text);
      expect(await sockets[0].socket.closed()).toBe(code);
      await write("good", name);
      expect(await sockets[1].socket.next()).toMatchObject({ action: "patch" });
    },
  );

  test(`on ${platform}, a socket that sends bytes is closed`, async () => {
    const { socket } = await open(await login("ann"));
    socket.sayBytes(new TextEncoder().encode('{"open":[{"scope":"Note:a"}]}'));
    expect(await socket.closed()).toBe(1003);
  });

  test(`on ${platform}, a page that closes its socket is answered with its own code`, async () => {
    for (const code of [undefined, 1000, 3000]) {
      const { socket } = await follow(await login("ann"), "closed");
      socket.close(code);
      expect([code, await socket.closed()]).toEqual([code, code ?? expect.any(Number)]);
    }
  });

  test(`on ${platform}, a log-out ends the sockets of a user, who is to authorise again, and nobody else's`, async () => {
    const [ann, bob] = [await login("ann"), await login("bob")];
    const sockets = [await follow(ann, "open"), await follow(ann, "open")];
    const other = await follow(bob, "open");
    await post("/logout", { headers: ann });
    await write("open", "secret");
    for (const { socket } of sockets) {
      expect(await socket.next()).toEqual({ action: "reopen" });
      expect(await socket.closed()).toBe(4401);
    }
    expect(await other.socket.next()).toMatchObject({ ops: replaced("secret") });
    const { socket } = await open(ann);
    socket.say({ open: [{ scope: "Note:open" }] });
    expect(await socket.next()).toMatchObject({ action: "error", code: "unauthorized" });
  });

  test(`on ${platform}, a socket whose session has ended runs and opens nothing more`, async () => {
    for (const said of [{ open: [{ scope: "Note:other" }] }, { send: undefined }]) {
      const headers = await login("ann");
      const { socket } = await follow(headers, "expires");
      await post("/expire", { headers });
      const message = { type: "Note", instance: "expires", event: "write", payload: "too late" };
      socket.say(said.open ? said : { send: { ...message, protocol: 2, eventId: "late" } });
      expect(await socket.next()).toEqual({ action: "reopen" });
      expect(await socket.closed()).toBe(4401);
      const now = await follow(await login("bob"), "expires");
      expect(now.snapshots[0].state.text).not.toBe("too late");
    }
  });

  test(`on ${platform}, a socket notices without a message that its session has ended`, async () => {
    const headers = await login("ann");
    const { socket } = await follow(headers, "watched");
    await post("/expire", { headers });
    await write("watched", "secret");
    const said = await socket.until(({ action }) => action === "reopen" || action === "patch");
    // The change may come before the next check does.
    if (said.action === "patch") expect(await socket.next()).toEqual({ action: "reopen" });
    expect(await socket.closed()).toBe(4401);
  });

  test(`on ${platform}, a page that does not read holds up no other and little memory, and gets the newest state when it does`, async () => {
    const headers = await login("ann");
    const slow = await openSlow(headers);
    const quick = await follow(headers, "long");
    const texts = Array.from({ length: 60 }, (_, at) => `${at}.`.padEnd(200_000, "x"));
    for (const text of texts) {
      await write("long", text);
      await quick.socket.until(({ ops }) => ops?.[0].value === text);
    }
    const received = await slow.readOn((text) => text.includes(texts.at(-1)!));
    // What networks hold is no matter of the server.
    expect(received.split('"action":"patch"').length).toBeLessThan(45);
  });

  /** Opens a socket that follows a note and does not read, until it reads on. */
  async function openSlow(headers: Record<string, string>): Promise<SlowReader> {
    const openLong = JSON.stringify({ open: [{ scope: "Note:long" }] });
    if (isBuffered) {
      const raw = RawConnection.open(Number(new URL(url()).port));
      onTestFinished(() => raw.destroy());
      raw.write(head("GET /nasc/ws", { ...handshake, ...headers }));
      expect((await raw.readHead())?.status).toBe(101);
      raw.write(maskedFrame(openLong));
      await raw.readOn((text) => text.includes('"snapshot"'));
      raw.pause();
      return { readOn: (isLast) => raw.readOn(isLast) };
    }
    const { socket } = await open(headers, { answersPings: false });
    socket.say(openLong);
    expect(await socket.next()).toMatchObject({ action: "snapshot" });
    return {
      async readOn(isLast) {
        socket.answerPings();
        let text = "";
        for (let said = ""; !isLast(said); text += said) said = await socket.text();
        return text;
      },
    };
  }
}

interface SlowReader {
  /** Reads all that has come and comes, up to what is last. */
  readonly readOn: (isLast: (text: string) => boolean) => Promise<string>;
}

const handshake = {
  "connection": "Upgrade",
  "upgrade": "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** Returns a short text as a client sends it, masked by zeros. */
function maskedFrame(text: string): Uint8Array {
  return Uint8Array.of(0x81, 0x80 | text.length, 0, 0, 0, 0, ...new TextEncoder().encode(text));
}
