import fc from "fast-check";
import { expect, test } from "vitest";
import { HonestServer, type State } from "./honest-server.ts";
import { turn } from "./manual-network.ts";
import { open, texts } from "./support.ts";

test("in whatever order answers, frames and broken streams arrive, the page shows only states that existed, never an older one, and finally the newest", async () => {
  const change = fc.record({
    a: fc.integer({ min: 0, max: 2 }),
    b: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
  }, { requiredKeys: [] });
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ name: fc.constant("mine"), change }) },
    { weight: 2, arbitrary: fc.record({ name: fc.constant("theirs"), change }) },
    {
      weight: 8,
      arbitrary: fc.record({
        name: fc.constantFrom("answer", "stream", "deliver", "deliver", "break", "reopen"),
      }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const server = new HonestServer();
      const connection = open(
        `<p na-scope="a" na-type="T"><b na-bind="a"></b><b na-bind="b"></b></p>`,
        server,
      );
      const outcomes: Promise<unknown>[] = [];
      let oldest = 0;
      function check(): void {
        const state = connection.state("T", "a");
        if (state === undefined) return;
        const text = stable(state);
        oldest = server.history.findIndex((past, rev) => rev >= oldest && stable(past) === text);
        expect(oldest, text).not.toBe(-1);
        expect(texts("b")).toEqual([state["a"], state["b"]].map((value) => String(value ?? "")));
      }
      for (const { name, ...more } of steps) {
        const changes = "change" in more ? more.change : {};
        if (name === "mine") outcomes.push(connection.send("T", "a", "set", changes));
        else if (name === "theirs") server.change(changes);
        else server[name as "answer" | "stream" | "deliver" | "break" | "reopen"]();
        await turn();
        check();
      }
      server.reopen();
      for (let quiet = 0; quiet < 3; quiet++) {
        server.stream();
        while (server.deliver() || server.answer()) {
          await turn();
          check();
          quiet = 0;
        }
        await turn();
      }
      await Promise.all(outcomes);
      expect(stable(connection.state("T", "a")!)).toBe(stable(server.history.at(-1)!));
      connection.close();
    }),
    { numRuns: 150 },
  );
});

function stable(state: State): string {
  return JSON.stringify(Object.entries(state).sort());
}
