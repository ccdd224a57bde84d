import type { ConnectOptions } from "rian/client";
import { expect, onTestFinished, test } from "vitest";
import { hearMistakes } from "./mistakes.ts";
import { open, ScriptedServer, texts } from "./support.ts";

function serve(
  markup: string,
  state: Record<string, unknown>,
  options: ConnectOptions = {},
): { server: ScriptedServer; said: () => Promise<string[]> } {
  const said = hearMistakes();
  document.documentElement.lang = "de";
  onTestFinished(() => document.documentElement.removeAttribute("lang"));
  const server = new ScriptedServer({ "List:l": state });
  open(`<section na-scope="l" na-type="List">${markup}</section>`, server, options);
  return { server, said };
}

test("formats are loaded when they are seen, in the language of the page, also in rows", async () => {
  const { server, said } = serve(
    `<b na-bind="price|currency:EUR" na-attr="title: {{count|number:1}} St."></b>
     <template na-each="items" na-key="id"><i na-bind="at|date:long"></i>
     <template na-if="tags"><u na-bind="tags|list"></u></template></template>`,
    {
      ...{ price: 1234.5, count: 2 },
      items: [{ id: 1, at: "2026-12-01", tags: ["a", "b"] }, { id: 2, at: "soon" }],
    },
  );
  const shown = () => [...texts("b, i, u"), document.querySelector("b")!.title];
  await expect.poll(() => shown().map((text) => text.replaceAll(/\s/g, " ")))
    .toEqual(["1.234,50 €", "1. Dezember 2026", "a und b", "soon", "2,0 St."]);
  server.change("List:l", { price: 1 });
  await expect.poll(() => texts("b")[0]!.replaceAll(/\s/g, " ")).toBe("1,00 €");
  expect(await said()).toEqual([]);
});

test("an app's own formats come before those that are there, and are applied in turn", async () => {
  const { said } = serve(
    `<b na-bind="title|shout:!|twice"></b><i na-bind="title|list"></i><u na-bind="title|fails"></u>`,
    { title: "a" },
    {
      formats: {
        shout: (value, mark) => String(value).toUpperCase() + mark,
        twice: (value) => `${value}${value}`,
        list: () => "own",
        fails: () => {
          throw new Error("broken");
        },
      },
    },
  );
  expect(texts("b, i, u")).toEqual(["A!A!", "own", "a"]);
  expect(await said()).toEqual([`Cannot show "title|fails": Error: broken; see to fails`]);
});

test("a format that is none shows the value, and says so once", async () => {
  const { server, said } = serve(
    `<b na-bind="due|dat"></b><i na-bind="due|toString"></i><u na-bind="due|currency"></u>`,
    { due: 3 },
  );
  await expect.poll(said).toEqual([
    `Cannot show "due|dat": there is no format "dat"; pass it in formats`,
    `Cannot show "due|toString": there is no format "toString"; pass it in formats`,
    expect.stringContaining(`Cannot show "due|currency": TypeError: `),
  ]);
  server.change("List:l", { due: 4 });
  await expect.poll(() => texts("b, i, u")).toEqual(["4", "4", "4"]);
  expect(await said()).toHaveLength(3);
});
