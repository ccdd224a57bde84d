import { expect, onTestFinished, test } from "vitest";
import type { Handlers } from "../../mod.ts";
import { presence, user } from "../router/passing-suite.ts";
import { roomHandlers } from "../router/room.ts";
import { objectApp } from "./support.ts";

const handlers: Handlers = {
  Counter: {
    mount: () => ({ count: 0, note: "what makes a state longer than what changes in it" }),
    add: (n: number, state) => ({ ...state, count: state.count + n }),
  },
};

interface Said {
  readonly action?: string;
  readonly stream?: string;
  readonly answer?: object;
  readonly viewers?: readonly { readonly name: string }[];
}

/** A page's end of a socket. */
interface PageSocket extends EventTarget {
  accept(): void;
  send(text: string): void;
  close(code: number): void;
}

/** Opens a socket, and returns what says something over it, and what waits for an answer that fits. */
async function connect(app: ReturnType<typeof objectApp>["app"], user = "somebody") {
  const response = await app.request("http://rian.test/nasc/ws", {
    headers: { upgrade: "websocket", "x-user": user },
  });
  const socket = (response as Response & { readonly webSocket?: PageSocket }).webSocket!;
  const heard: Said[] = [];
  let wake = () => {};
  socket.addEventListener("message", (event) => {
    heard.push(JSON.parse((event as MessageEvent).data));
    wake();
  });
  socket.accept();
  onTestFinished(() => socket.close(1000));
  return {
    heard,
    say: (message: object) => socket.send(JSON.stringify(message)),
    close: () => socket.close(1000),
    async hear(fits: (said: Said) => boolean): Promise<Said> {
      for (;;) {
        const found = heard.find(fits);
        if (found) return found;
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
  };
}

test("over one socket, a page follows objects, sends to them, and hears what others send", async () => {
  const { app } = objectApp({ handlers });
  const [page, other] = [await connect(app), await connect(app)];
  const { stream } = await page.hear(({ action }) => action === "hello");
  for (const each of [page, other]) {
    each.say({ open: [{ scope: "Counter:a", have: "" }, { scope: "Counter:b", have: "" }] });
  }
  for (const instance of ["a", "b"]) {
    const state = { count: 0 };
    const frame = await page.hear((said) => {
      return said.action === "snapshot" && Object(said).instance === instance;
    });
    expect(frame).toMatchObject({ rev: 1, state });
  }
  await other.hear(({ action }) => action === "snapshot");

  const add = { type: "Counter", instance: "a", event: "add", payload: 2, protocol: 2 };
  page.say({ send: { ...add, stream, eventId: "e1" } });
  const { answer } = await page.hear((said) => said.answer !== undefined);
  expect(answer).toMatchObject({ ok: true, eventId: "e1", rev: 2, streamed: true });
  const ops = [{ op: "replace", path: "/count", value: 2 }];
  const patch = { action: "patch", type: "Counter", instance: "a", rev: 2, ops };
  expect(await page.hear(({ action }) => action === "patch"))
    .toEqual({ ...patch, eventIds: ["e1"] });
  expect(await other.hear(({ action }) => action === "patch")).toEqual(patch);
});

test("what an object refuses is answered over the socket with its status", async () => {
  const { app } = objectApp({ handlers });
  const page = await connect(app);
  page.say({ send: { type: "Counter", instance: "a", event: "nope", eventId: "e1", protocol: 2 } });
  const { answer } = await page.hear((said) => said.answer !== undefined);
  expect(answer).toMatchObject({ eventId: "e1", status: 404, code: "unknown-event" });
});

test("over sockets, pages of objects hear who looks on and what passes by, until they let go or close", async () => {
  const { app } = objectApp({ handlers: roomHandlers, user, object: { presence } });
  const names = ["ann", "bob", "eve"] as const;
  const [ann, bob, eve] = await Promise.all(names.map((name) => connect(app, name)));
  const { stream } = await ann!.hear(({ action }) => action === "hello");
  const scope = "Room:r";
  const lists = (said: Said, ...names: readonly string[]) =>
    said.action === "viewers" && said.viewers!.map(({ name }) => name).join() === names.join();
  ann!.say({ open: [{ scope, have: "" }] });
  await ann!.hear((said) => lists(said, "ann"));
  for (const [index, each] of [bob!, eve!].entries()) {
    each.say({ open: [{ scope, have: "" }] });
    await each.hear((said) => lists(said, ...names.slice(0, index + 2)));
  }
  await ann!.hear((said) => lists(said, "ann", "bob", "eve"));
  const say = { type: "Room", instance: "r", event: "say", protocol: 2, stream };
  ann!.say({ send: { ...say, payload: "hi", eventId: "e1" } });
  await ann!.hear((said) => said.answer !== undefined);
  for (const each of [bob!, eve!]) {
    expect(await each.hear(({ action }) => action === "broadcast"))
      .toEqual({ action: "broadcast", type: "Room", instance: "r", payload: "hi" });
  }
  bob!.say({ close: [scope] });
  await bob!.hear(({ action }) => action === "closed");
  await eve!.hear((said) => lists(said, "ann", "eve"));
  eve!.close();
  ann!.heard.length = 0;
  await ann!.hear((said) => lists(said, "ann"));
  bob!.say({ send: { ...say, stream: undefined, payload: "bye", eventId: "e2" } });
  expect(await ann!.hear(({ action }) => action === "broadcast")).toMatchObject({ payload: "bye" });
  expect(bob!.heard.filter(({ action }) => action === "broadcast")).toHaveLength(1);
});
