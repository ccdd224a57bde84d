import { describe, expect, test } from "vitest";
import { createProcessor, type Handlers, MemoryStore } from "../../mod.ts";
import { errorCode } from "../support/counter.ts";
import { app, post } from "./support.ts";

type Tree = Record<string, unknown>;

/** Merges as many a handler does. */
function merge(target: Tree, source: Tree): Tree {
  for (const [name, value] of Object.entries(source)) {
    const inner = target[name];
    if (inner instanceof Object && value instanceof Object) merge(inner as Tree, value as Tree);
    else target[name] = value;
  }
  return target;
}

/** Sets each field by its path, as a handler does that takes `a.b` or `a[b]` for one. */
function unfold(target: Tree, source: Tree): Tree {
  for (const [path, value] of Object.entries(source)) {
    const names = path.split(/[.[\]]+/).filter((name) => name !== "");
    const last = names.pop() ?? path;
    let inner = target;
    for (const name of names) inner = (inner[name] ??= {}) as Tree;
    merge(inner, { [last]: value });
  }
  return target;
}

const handlers: Handlers = { Doc: { mount: () => ({}), merge, unfold } as never };
for (const event of ["merge", "unfold"]) {
  const run = event === "merge" ? merge : unfold;
  handlers["Doc"]![event] = (payload, state) => run(state, payload);
}
const doc = { type: "Doc", instance: "d" };

function isPolluted(): boolean {
  const polluted = Object.hasOwn(Object.prototype, "owned");
  delete (Object.prototype as Tree)["owned"];
  return polluted;
}

const ofAnything = '{"constructor":{"prototype":{"owned":1}}}';

describe("a payload", () => {
  test.for<[string, string]>([
    ["at its top", ofAnything],
    ["further down", `{"a":{"b":[0,${ofAnything}]}}`],
    ["after a harmless one", `{"constructor":5,"a":${ofAnything}}`],
    ["of a constructor", `{"constructor":{"constructor":{"prototype":{"owned":1}}}}`],
    ["in one name", '{"constructor.prototype":{"owned":1}}'],
    ["in a path", '{"constructor.prototype.owned":1}'],
    ["in brackets", '{"constructor[prototype][owned]":1}'],
    ["in part a path", '{"a.constructor":{"prototype.owned":1}}'],
    ["by __proto__", '{"__proto__":{"owned":1}}'],
    ["by __proto__ in a path", '{"a.__proto__.owned":1}'],
    ["by __proto__ in brackets", '{"__proto__[owned]":1}'],
  ])("with the path to what all objects inherit %s is refused", async ([, payload]) => {
    const routes = app({ handlers });
    await post(routes, { ...doc, event: "mount" });
    for (const event of ["merge", "unfold"]) {
      const message = `{"type":"Doc","instance":"d","event":"${event}","payload":${payload}}`;
      for (const body of [message, `[${message}]`]) {
        const found = [await (await post(routes, body)).json()].flat()[0];
        expect(isPolluted()).toBe(false);
        expect(found).toMatchObject({ status: 400, code: "invalid-payload" });
      }
      const process = createProcessor(handlers, new MemoryStore());
      expect(errorCode(await process(JSON.parse(message)))).toBe("invalid-payload");
    }
  });

  test.for<[string, string]>([
    ["constructor", '{"constructor":"Ada"}'],
    ["constructor of a thing", '{"constructor":{"name":"Ferrari","prototypes":[]}}'],
    ["prototype", '{"prototype":{"owned":1}}'],
    ["both beside each other", '{"constructor":{},"prototype":{}}'],
    ["prototype before constructor", '{"prototype":{"constructor":1}}'],
    ["constructors that have prototypes in a list", '{"constructor":[{"prototype":1}]}'],
    ["a path of ordinary words", '{"a.b":1,"a[b]":2,"...":3,"[]":4,"":5}'],
  ])("with %s as an ordinary word is taken as it is", async ([, payload]) => {
    const routes = app({
      handlers: { Doc: { mount: () => ({}), keep: (payload) => ({ payload }) } },
    });
    await post(routes, { ...doc, event: "mount" });
    const message = `{"type":"Doc","instance":"d","event":"keep","payload":${payload}}`;
    const { patches } = await (await post(routes, message)).json();
    expect(patches[0].value).toEqual(JSON.parse(payload));
  });
});

test.for(["constructor.prototype.owned", "a[constructor][prototype][owned]", "__proto__.owned"])(
  "a form with a field %s is refused, however the form is sent",
  async (name) => {
    const routes = app({ handlers });
    await post(routes, { ...doc, event: "mount" });
    const several = new FormData();
    several.set(name, "1");
    for (const body of [new URLSearchParams({ [name]: "1" }), several]) {
      const url = "http://rian.test/nasc/event?type=Doc&instance=d&event=unfold";
      const response = await routes.request(url, { method: "POST", body });
      expect([response.status, isPolluted()]).toEqual([400, false]);
    }
  },
);

test("the path to what all objects inherit is refused in every part of a message", async () => {
  for (const part of ["clientId", "rev", "anything", "constructor.prototype"]) {
    const message = `{"type":"Doc","instance":"d","event":"mount","${part}":${ofAnything}}`;
    const response = await post(app({ handlers }), message);
    expect([response.status, (await response.json()).code]).toEqual([400, "invalid-message"]);
  }
});
