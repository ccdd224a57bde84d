// A Worker that says how often objects were made, run by sleeping.test.ts.
import { Hono } from "hono";
import { type InstanceNamespace, nascObject, type NascObjectClass } from "../../src/edge/mod.ts";
import { attachNasc } from "../../src/router/mod.ts";

const handlers = {
  Counter: {
    mount: () => ({ count: 0 }),
    add: (_: unknown, state: { count: number }) => ({ count: state.count + 1 }),
  },
};

let made = 0;
const objects: NascObjectClass = nascObject({ handlers });

export class Nasc extends objects {
  constructor(...parameters: ConstructorParameters<NascObjectClass>) {
    super(...parameters);
    made++;
  }
}

const page = `<!doctype html>
<title>A counter</title>
<script type="module" src="/nasc/client.js"></script>
<body na-connect>
  <section na-scope="visits" na-type="Counter">
    <output na-bind="count"></output>
    <form na-submit="add"><button>Add</button></form>
  </section>
</body>`;

const app: Hono<{ Bindings: { NASC: InstanceNamespace } }> = new Hono();
app.get("/", (context) => context.html(page));
app.get("/made", (context) => context.json(made));
// A heartbeat of a second would keep awake whatever it reaches.
attachNasc({
  app,
  handlers,
  instances: (context) => context.env.NASC,
  authorize: "everyone",
  hosts: "any",
  heartbeat: 1_000,
});

export default app;
