import { evictDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { defineHandler, type Handlers, NascError } from "../../mod.ts";
import { readFrom, sendTo } from "../../src/edge/mod.ts";
import { stateTag } from "../../src/processor/state-tag.ts";
import { objectApp } from "./support.ts";

interface Vault {
  readonly title: string;
  readonly note: string;
  readonly secret: string;
  readonly log: readonly string[];
  readonly isOpen: boolean;
}

const title = "what everybody may see of the vault, and longer than the changes made in it";

/** All that a viewer can make of a vault whose secret only its owner sees, through one object. */
class Tour {
  /** Every secret that the vault has held. */
  readonly secrets: string[] = [crypto.randomUUID()];
  /** All that was sent to the viewer. */
  text = "";
  readonly #user: string;
  readonly #made: ReturnType<typeof objectApp>;
  #events = 0;

  constructor(user: string) {
    this.#user = user;
    const handlers: Handlers = {
      Vault: defineHandler<{ user: string | undefined }>()({
        mount: (): Vault => ({ title, note: "", secret: this.secrets[0]!, log: [], isOpen: true }),
        view: (vault, { user }) => {
          const { secret, log, ...rest } = vault;
          if (user === "owner") return vault;
          if (rest.note === "view") throw new Error(`the view knows ${secret} and ${log}`);
          return rest.isOpen ? rest : undefined;
        },
        viewKey: (_vault, { user }) => user === "owner" ? "owner" : "others",
        write: (note: string, vault) => ({ ...vault, note }),
        rotate: (_: unknown, vault) => {
          const secret = crypto.randomUUID();
          this.secrets.push(secret);
          return { ...vault, secret, log: [...vault.log, vault.secret] };
        },
        shut: (_: unknown, vault) => ({ ...vault, isOpen: false }),
        unshut: (_: unknown, vault) => ({ ...vault, isOpen: true }),
        refuse: (_: unknown, vault) => {
          if (vault.secret) throw new NascError("no", "No");
          return vault;
        },
        fail: (_: unknown, vault) => {
          if (vault.secret) throw new Error(`it is ${vault.secret}`);
          return vault;
        },
        async meddle(_: unknown, vault, { update }) {
          await update("Vault", vault.secret, (other) => other);
          return vault;
        },
      }),
    };
    this.#made = objectApp({ handlers, user: (context) => context.req.header("x-user") });
  }

  get namespace() {
    return this.#made.namespace;
  }

  /** Makes a request as the viewer, and keeps all of the answer, its head included. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, "x-user": this.#user };
    const response = await this.#made.app.request(`http://rian.test/nasc/${path}`, {
      ...init,
      headers,
    });
    this.text += JSON.stringify([...response.headers]);
    return response;
  }

  /** Sends an event in each protocol, and each once more. */
  async send(event: string, payload: unknown = {}, more: object = {}): Promise<string> {
    let last = "";
    for (const protocol of [1, 2]) {
      const id = `e${this.#events++}`;
      const message = { type: "Vault", instance: "v", event, payload, eventId: id, protocol };
      for (let time = 0; time < 2; time++) last = await this.post({ ...message, ...more });
      const said = await sendTo(this.namespace, message as never, { user: this.#user });
      this.text += JSON.stringify(said);
    }
    return last;
  }

  async post(body: unknown): Promise<string> {
    const headers = { "content-type": "application/json" };
    const response = await this.request("event", {
      method: "POST",
      body: JSON.stringify(body),
      headers,
    });
    const text = await response.text();
    this.text += text;
    return text;
  }

  async read(): Promise<unknown> {
    return await readFrom(this.namespace, { type: "Vault", id: "v" }, { user: this.#user });
  }

  /** Changes the vault without the viewer's doing. */
  async change(event: string, payload: unknown = {}): Promise<void> {
    const message = { type: "Vault", instance: "v", event, payload };
    await sendTo(this.namespace, message, { user: "owner" });
  }

  /** Opens a stream, and returns what waits until what has come on it matches. */
  async open(query: string, init: RequestInit = {}) {
    const response = await this.request(`stream?${query}`, init);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    return {
      response,
      close: () => reader.cancel(),
      has: async (pattern: RegExp): Promise<RegExpExecArray> => {
        for (;;) {
          const found = pattern.exec(seen);
          if (found) return found;
          const { value = "", done } = await reader.read();
          if (done) throw new Error(`the stream has ended: ${seen}`);
          seen += value;
          this.text += value;
        }
      },
    };
  }

  async showAll(): Promise<void> {
    await this.change("rotate");
    await this.change("write", "a note");
    await this.change("shut");
    await this.change("rotate");
    await this.change("unshut");
    await evictDurableObject(this.namespace.object("Vault", "v"));
    await this.change("rotate");
    await this.change("write", "view");
    await this.change("write", "the last note");
  }
}

/** Each way out, and whether it shows the secret to its owner: if not, it would show nothing to others either. */
const ways: readonly [string, (tour: Tour) => Promise<unknown>, boolean][] = [
  ["answers to mounts and events, in both protocols and to the server", async (tour) => {
    await tour.send("mount");
    await tour.send("write", "n");
    await tour.send("rotate");
    await tour.send("shut");
    await tour.send("unshut");
    await tour.send("write", "view");
    await tour.send("mount");
    await tour.post([{ type: "Vault", instance: "v", event: "rotate" }]);
  }, true],
  ["events that are refused, or fail, and names that are none", async (tour) => {
    await tour.change("rotate");
    for (const event of ["refuse", "fail", "meddle", "view", "viewKey", "toString", "__proto__"]) {
      await tour.send(event);
    }
  }, false],
  ["a stream of protocol 1", async (tour) => {
    const stream = await tour.open("scope=Vault:v");
    await stream.has(/event: snapshot/);
    await tour.showAll();
    await stream.has(/the last note/);
    await stream.close();
  }, true],
  ["a stream of protocol 2", async (tour) => {
    const stream = await tour.open("scope=Vault:v&have=");
    await stream.has(/"action":"snapshot"/);
    await tour.showAll();
    await stream.has(/the last note/);
    await stream.close();
  }, true],
  ["a stream of the sender of events", async (tour) => {
    const stream = await tour.open("scope=Vault:v&have=");
    const [, token] = await stream.has(/"stream":"(\w+)"/);
    for (const event of ["rotate", "write", "rotate"]) {
      await tour.send(event, `${event} of my own`, { stream: token });
    }
    await stream.has(/write of my own/);
    await stream.close();
  }, true],
  ["a stream of the first Nasc's client, and its events", async (tour) => {
    const stream = await tour.open("clientId=page");
    const [cookie] = stream.response.headers.get("set-cookie")!.split(";");
    const message = { type: "Vault", instance: "v", clientId: "page" };
    for (const event of ["mount", "rotate", "fail", "refuse"]) {
      const response = await tour.request("event", {
        method: "POST",
        body: JSON.stringify({ ...message, event }),
        headers: { "content-type": "application/json", cookie: cookie! },
      });
      tour.text += await response.text();
    }
    await tour.showAll();
    await stream.has(/the last note/);
    await stream.close();
  }, true],
  ["a stream that is opened again with what its page has, had, or never had", async (tour) => {
    const [, epoch] = /"epoch":"([\w~-]+)"/.exec(await tour.send("mount"))!;
    for (let event = 0; event < 3; event++) await tour.change("rotate");
    await tour.change("write", "n");
    await evictDurableObject(tour.namespace.object("Vault", "v"));
    const seen = { title, note: "", isOpen: true };
    const states = [
      seen,
      { ...seen, note: "n" },
      { ...seen, secret: tour.secrets[0], log: [] },
      {},
    ];
    for (let rev = 0; rev <= 6; rev++) {
      for (const state of states) {
        const stream = await tour.open(`scope=Vault:v&have=${epoch}.${rev}.${stateTag(state)}`);
        await stream.has(/"action":"(snapshot|patch)"/);
        await stream.close();
      }
    }
  }, true],
  ["what the server reads for a page", async (tour) => {
    for (const event of ["mount", "rotate", "shut", "unshut", "rotate"]) {
      await tour.change(event);
      tour.text += JSON.stringify(await tour.read()) ?? "";
    }
  }, true],
];

describe.for(["guest", "owner"])("to a %s, a secret of the state goes", (user) => {
  test.for(ways)("only where they may see it: %s", async ([, way, isShown]) => {
    const tour = new Tour(user);
    await way(tour);
    const shown = tour.secrets.filter((secret) => tour.text.includes(secret));
    if (user === "guest") expect(shown).toEqual([]);
    else expect(shown.length > 0).toBe(isShown);
    expect(tour.text.length).toBeGreaterThan(100);
  });
});
