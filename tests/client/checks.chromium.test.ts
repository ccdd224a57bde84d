import { expect, test } from "vitest";
import { hearMistakes } from "./mistakes.ts";
import { open, ScriptedServer } from "./support.ts";

test("what would silently do nothing is reported where a page is made, once each", async () => {
  const said = hearMistakes();
  open(
    `<h1 na-bind="title"></h1><h1 na-bind="title"></h1><form na-bind></form>
     <section na-scope="Board:b"><b na-bnd="title" data-na-clik="x" data-nap="fine"></b>
       <template na-each="items" na-key="id"><p>Read {{ title }} by {{../name}}</p></template>
       <i na-bind="$user.name"></i><code>{{fine}}</code><p na-ignore na-odd>{{fine}}</p></section>
     <section na-scope="$list">{{ fine }}</section>`,
    new ScriptedServer({ "Board:b": { title: "Plans", items: [] } }),
  );
  const firstNasc =
    `only the client of the first Nasc knows such names; write na-scope="id" na-type="Type", and paths of that instance`;
  const outside = "it is outside of any scope; put it into an element with na-scope";
  await expect.poll(said).toEqual([
    `Cannot connect the scope "$list": it needs a type and an id; write na-scope="id" na-type="Type"`,
    `Cannot show na-bind="title": ${outside}`,
    `Cannot show na-bind="": ${outside}`,
    "Cannot use na-bnd on a <b>: there is no such attribute; look for a misspelling",
    "Cannot use data-na-clik on a <b>: there is no such attribute; look for a misspelling",
    `Cannot fill in the text {{ title }}: braces work in attributes only; write <span na-bind="title"></span>`,
    `Cannot follow "$user.name": ${firstNasc}`,
    `Cannot follow "$list": ${firstNasc}`,
    `Cannot fill in the text {{ fine }}: braces work in attributes only; write <span na-bind="fine"></span>`,
  ]);
});
