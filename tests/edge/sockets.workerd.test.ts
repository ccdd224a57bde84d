import { expect, onTestFinished, test } from "vitest";
import type { Handlers } from "../../mod.ts";
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
}

/** A page's end of a socket. */
interface PageSocket extends EventTarget {
  accept(): void;
  send(text: string): void;
  close(code: number): void;
}

/** Opens a socket, and returns what says something over it, and what waits for an answer that fits. */
async function connect(app: ReturnType<typeof objectApp>["app"]) {
  const response = await app.request("http://rian.test/nasc/ws", {
    headers: { upgrade: "websocket" },
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
    say: (message: object) => socket.send(JSON.stringify(message)),
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
