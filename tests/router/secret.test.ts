import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ConflictError,
  ConstraintError,
  type Handlers,
  MemoryStore,
  NascError,
} from "../../mod.ts";
import { createNasc, type Nasc } from "../../src/router/mod.ts";
import { stateTag } from "../../src/processor/state-tag.ts";
import { type Served, serveNode } from "../support/serve-node.ts";
import { seenThrough } from "../support/view.ts";
import { RecordedClient } from "./recorded-client.ts";

interface Vault {
  readonly title: string;
  readonly note: string;
  readonly secret: string;
  readonly log: readonly string[];
  readonly isOpen: boolean;
}

// Beside a large state there is room for a long way back.
const title =
  `${"what everybody may see of the vault, and longer than the changes that are made in it"} ${
    "x".repeat(1_000)
  }`;

function random(): string {
  return `s${crypto.randomUUID().replaceAll("-", "")}`;
}

/** A store in which some events lose every race, and others break a constraint. */
class HostileStore extends MemoryStore {
  override async commit(writes: Parameters<MemoryStore["commit"]>[0]) {
    for (const write of writes) {
      const { note, secret } = ("value" in write ? write.value : {}) as Partial<Vault>;
      if (note === "lose") throw new ConflictError(`the store of ${secret}`, "Vault", secret);
      if (note === "break") {
        throw new ConstraintError(`UNIQUE failed: ${secret}`, {
          type: "Vault",
          key: secret!,
          constraint: "unique",
          field: "note",
        });
      }
      if (note === "outage") throw new Error(`cannot write ${secret}`);
    }
    return await super.commit(writes);
  }
}

/** All that a viewer can make of a vault whose secret only its owner sees. */
class Tour {
  /** Every secret that the vault has held. */
  readonly secrets: string[] = [random()];
  readonly handlers: Handlers = {
    Vault: seenThrough({
      mount: (): Vault => ({ title, note: "", secret: this.secrets[0]!, log: [], isOpen: true }),
      write: (note: string, vault: Vault) => ({ ...vault, note }),
      rotate: (_: unknown, vault: Vault) => {
        const secret = random();
        this.secrets.push(secret);
        return { ...vault, secret, log: [...vault.log, vault.secret] };
      },
      shut: (_: unknown, vault: Vault) => ({ ...vault, isOpen: false }),
      unshut: (_: unknown, vault: Vault) => ({ ...vault, isOpen: true }),
      refuse() {
        throw new NascError("no", "No");
      },
      fail(_: unknown, vault: Vault) {
        throw new Error(`it is ${vault.secret}`);
      },
      nonsense: (_: unknown, vault: Vault) => vault.secret,
    }, {
      view: (state, { user }) => {
        const { secret, log, ...rest } = state as Vault;
        if (user === "owner") return state;
        if (rest.note === "view") throw new Error(`the view knows ${secret} and ${log}`);
        return rest.isOpen ? rest : undefined;
      },
      viewKey: (_state, { user }) => user === "owner" ? "owner" : "others",
    }),
  };
  readonly nasc: Nasc = createNasc({
    handlers: this.handlers,
    store: new HostileStore(),
    authorize: "everyone",
    hosts: "any",
    schemaProvider: { Vault: { type: "object", properties: { title: { type: "string" } } } },
    user: (context) => context.req.header("x-user"),
    heartbeat: 20,
    random: () => 0,
    onError: () => {},
  });
  /** What `process` has returned to the viewer. */
  readonly returned: string[] = [];
  #server: Served | undefined;
  #client: RecordedClient | undefined;
  readonly #user: string;
  #events = 0;

  constructor(user: string) {
    this.#user = user;
  }

  async start(): Promise<void> {
    const app = new Hono();
    app.route("/nasc", this.nasc.app);
    app.get("/page/:id", async (context) => {
      const seen = await this.nasc.reader(context).read("Vault", context.req.param("id"));
      return context.html(`<p>${JSON.stringify(seen)}</p>`);
    });
    this.#server = await serveNode(app);
  }

  /** Begins one way out, on connections of its own. */
  begin(): RecordedClient {
    this.#client?.close();
    this.returned.length = 0;
    return this.#client = new RecordedClient(this.#server!.port, { "x-user": this.#user });
  }

  async stop(): Promise<void> {
    this.#client?.close();
    await this.#server?.close();
  }

  get client(): RecordedClient {
    return this.#client!;
  }

  /** Changes a vault without the viewer's doing. */
  async change(instance: string, event: string, payload: unknown = {}): Promise<void> {
    await this.nasc.process({ type: "Vault", instance, event, payload }, { user: "owner" });
  }

  /** Sends an event in each protocol, and each once more, and returns the last response. */
  async send(instance: string, event: string, payload: unknown = {}): Promise<string> {
    let response = "";
    for (const protocol of [1, 2] as const) {
      const message = {
        type: "Vault",
        instance,
        event,
        payload,
        eventId: `e${this.#events++}`,
        protocol,
      };
      for (let time = 0; time < 2; time++) response = await this.post(message);
      this.returned.push(JSON.stringify(await this.nasc.process(message, { user: this.#user })));
    }
    return response;
  }

  async post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const json = { "content-type": "application/json", ...headers };
    return await this.client.request("POST /nasc/event", {
      body: JSON.stringify(body),
      headers: json,
    });
  }

  async form(event: string, instance: string): Promise<string> {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({
      "na-type": "Vault",
      "na-instance": instance,
      "na-event": event,
    });
    return await this.client.request("POST /nasc/event", { body: `${body}`, headers });
  }
}

/** Each way out, and whether what it sends to the owner holds the secret: if not, it would show nothing to others either. */
const ways: readonly [string, (tour: Tour, instance: string) => Promise<unknown>, boolean][] = [
  ["a mount", (tour, instance) => tour.send(instance, "mount"), true],
  [
    "an event that changes what all may see",
    (tour, instance) => tour.send(instance, "write", "n"),
    true,
  ],
  ["an event that changes the secret", (tour, instance) => tour.send(instance, "rotate"), true],
  ["an event that hides all", (tour, instance) => tour.send(instance, "shut"), true],
  ["an event that shows all again", async (tour, instance) => {
    await tour.change(instance, "shut");
    await tour.send(instance, "unshut");
  }, true],
  ["an event whose view fails", async (tour, instance) => {
    await tour.send(instance, "write", "view");
    await tour.send(instance, "mount");
  }, true],
  ["an event that is refused", (tour, instance) => tour.send(instance, "refuse"), false],
  ["an event that fails", (tour, instance) => tour.send(instance, "fail"), false],
  ["an event that returns no state", (tour, instance) => tour.send(instance, "nonsense"), false],
  [
    "an event that loses every race",
    (tour, instance) => tour.send(instance, "write", "lose"),
    false,
  ],
  [
    "an event that breaks a constraint",
    (tour, instance) => tour.send(instance, "write", "break"),
    false,
  ],
  [
    "an event whose storage fails",
    (tour, instance) => tour.send(instance, "write", "outage"),
    false,
  ],
  ["names that are no events", async (tour, instance) => {
    for (const event of ["view", "viewKey", "schemas", "toString", "__proto__"]) {
      await tour.send(instance, event);
    }
  }, false],
  ["an id that was used for another event", async (tour, instance) => {
    const message = { type: "Vault", instance, event: "write", payload: "a", eventId: "mine" };
    await tour.change(instance, "rotate");
    await tour.nasc.process(message, { user: "owner" });
    for (const protocol of [1, 2]) await tour.post({ ...message, payload: "b", protocol });
    for (const protocol of [1, 2]) await tour.post({ ...message, protocol });
  }, true],
  ["many messages in one request", async (tour, instance) => {
    const message = { type: "Vault", instance, event: "rotate" };
    await tour.post([message, { ...message, protocol: 2 }, {
      ...message,
      event: "mount",
      protocol: 2,
    }]);
  }, true],
  ["forms without a script", async (tour, instance) => {
    for (const event of ["rotate", "refuse", "fail", "mount"]) await tour.form(event, instance);
  }, false],
  ["schemas, the manifest and the script", async (tour) => {
    for (
      const path of [
        "schema",
        "schema/Vault",
        "schema/Nothing",
        "manifest",
        "health",
        "client.js",
        "nothing",
      ]
    ) {
      await tour.client.request(`GET /nasc/${path}`);
    }
  }, false],
  ["a stream of protocol 1", async (tour, instance) => {
    const stream = tour.client.open(`GET /nasc/stream?scope=Vault:${instance}`);
    await stream.has(/event: snapshot/);
    await showAll(tour, instance);
    await stream.has(/the last note/);
  }, true],
  ["a stream of protocol 2", async (tour, instance) => {
    const stream = tour.client.open(`GET /nasc/stream?scope=Vault:${instance}&have=`);
    await stream.has(/"action":"snapshot"/);
    await showAll(tour, instance);
    await stream.has(/the last note/);
  }, true],
  ["polls", async (tour, instance) => {
    const poll = (have: string) =>
      tour.client.request(`GET /nasc/poll?scope=Vault:${instance}&have=${have}`);
    await poll("");
    const [, epoch] = /"epoch":"([\w~-]+)"/.exec(await tour.send(instance, "mount"))!;
    for (const event of ["rotate", "shut", "rotate", "unshut", "rotate"]) {
      await tour.change(instance, event);
      await poll("");
      for (let rev = 0; rev <= 6; rev++) {
        await poll(`${epoch}.${rev}.${stateTag({ title, note: "", isOpen: true })}`);
      }
    }
    await tour.client.request(`HEAD /nasc/poll?scope=Vault:${instance}`);
  }, true],
  ["a stream of the sender of events", async (tour, instance) => {
    const stream = tour.client.open(`GET /nasc/stream?scope=Vault:${instance}&have=`);
    const [, token] = await stream.has(/"stream":"(\w+)"/);
    for (const event of ["rotate", "write", "rotate"]) {
      const payload = `${event} of my own`;
      await tour.post({ type: "Vault", instance, event, payload, protocol: 2, stream: token });
    }
    await stream.has(/write of my own/);
  }, true],
  [
    "a stream that is opened again with what its page has, had, or never had",
    async (tour, instance) => {
      const [, epoch] = /"epoch":"([\w~-]+)"/.exec(await tour.send(instance, "mount"))!;
      for (let event = 0; event < 3; event++) await tour.change(instance, "rotate");
      await tour.change(instance, "write", "n");
      const seen = { title, note: "", isOpen: true };
      const states = [
        seen,
        { ...seen, note: "n" },
        { ...seen, secret: tour.secrets[0], log: [] },
        {},
      ];
      for (let rev = 0; rev <= 6; rev++) {
        for (const state of states) {
          const have = `${epoch}.${rev}.${stateTag(state)}`;
          const stream = tour.client.open(`GET /nasc/stream?scope=Vault:${instance}&have=${have}`);
          await stream.has(/"action":"(snapshot|patch)"/);
        }
      }
      // Whoever guesses a secret does not learn whether it was right.
      const patches = tour.client.text.match(/"action":"patch"[^\n]*"rev":5[^\n]*/g) ?? [];
      expect(patches.length).toBeGreaterThan(0);
    },
    true,
  ],
  ["a stream of the first Nasc's client, and its events", async (tour, instance) => {
    const stream = tour.client.open("GET /nasc/stream?clientId=page");
    const [, cookie] = await stream.has(/set-cookie: ([^;]+)/);
    const message = { type: "Vault", instance, clientId: "page" };
    for (const event of ["mount", "rotate", "fail", "refuse", "nonsense"]) {
      await tour.post({ ...message, event }, { cookie: cookie! });
    }
    await showAll(tour, instance);
    await stream.has(/the last note/);
  }, true],
  ["a stream that outlives its instance, its permission and its user", async (tour, instance) => {
    const streams = ["", "&have="].map((have) =>
      tour.client.open(`GET /nasc/stream?scope=Vault:${instance}${have}`)
    );
    for (const stream of streams) await stream.has(/title/);
    const store = tour.nasc.store as HostileStore;
    await store.commit([{ type: "Vault", key: instance, delete: true }]);
    await streams[1]!.has(/"code":"deleted"/);
    await tour.change(instance, "rotate");
    await streams[1]!.has(/"action":"snapshot"[^]*"action":"snapshot"/);
    await tour.nasc.hangUp("owner");
    await tour.nasc.hangUp("guest");
    for (const stream of streams) await stream.has(/reopen/);
  }, true],
  ["pages that the server renders", async (tour, instance) => {
    const changes = [["mount"], ["rotate"], ["shut"], ["unshut"], ["write", "view"], [
      "write",
      "n",
    ]];
    for (const [event, payload] of changes) {
      await tour.change(instance, event!, payload);
      await tour.client.request(`GET /page/${instance}`);
    }
    await tour.client.request(`GET /page/new-${instance}`);
    await tour.client.request(`GET /page/${"x".repeat(600)}`);
  }, true],
  ["a request for the head alone", async (tour, instance) => {
    await tour.client.request(`HEAD /nasc/stream?scope=Vault:${instance}`);
    await tour.client.request(`HEAD /nasc/stream?scope=Vault:${instance}&have=`);
  }, false],
];

/** Makes changes of all kinds, the last of which everybody sees. */
async function showAll(tour: Tour, instance: string): Promise<void> {
  for (const event of ["rotate", "shut", "rotate", "unshut", "rotate"]) {
    await tour.change(instance, event);
  }
  await tour.change(instance, "write", "view");
  await tour.change(instance, "rotate");
  await tour.change(instance, "write", "the last note");
}

describe.for(["guest", "owner"])(
  "of a state whose secret only its owner may see, a %s gets",
  (user) => {
    const tour = new Tour(user);
    beforeAll(() => tour.start());
    afterAll(() => tour.stop());

    test.for(ways)(
      `by %s: ${user === "owner" ? "all" : "no secret, in no byte"}`,
      async ([name, go, isShown]) => {
        const client = tour.begin();
        await go(tour, name.replaceAll(/[^a-z]/g, ""));
        const all = client.text + tour.returned.join("\n");
        expect(client.text.length).toBeGreaterThan(0);
        if (user === "owner") {
          expect(tour.secrets.some((secret) => all.includes(secret))).toBe(isShown);
          return;
        }
        for (const secret of tour.secrets) {
          // By halves, since a chunk of the response may end in the middle.
          for (const part of [secret.slice(0, 16), secret.slice(16)]) {
            expect([name, all.includes(part)]).toEqual([name, false]);
          }
        }
        expect([name, all.includes('"secret":')]).toEqual([name, false]);
      },
    );
  },
);
