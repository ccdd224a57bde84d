import { sources } from "./sources.ts";

/** Where each server of the examples keeps its boards. */
const storages: Readonly<Record<string, string>> = {
  "examples/node/main.ts": "a SQLite file",
  "examples/node/write-behind.ts": "memory, and a SQLite file a second later",
  "examples/deno/main.ts": "Deno KV",
  "examples/deno/write-behind.ts": "memory, and Deno KV a second later",
  "examples/worker/worker.ts": "Cloudflare D1",
  "examples/worker-durable-object/worker.ts": "a Durable Object for each board",
};

/** Returns the part of a page that shows what makes it: its own source, its events, and the server that runs it. */
export function sourcePanel(page: string, runsOn: string | undefined): string {
  const storage = runsOn === undefined ? undefined : storages[runsOn];
  return `    <aside aria-labelledby="made">
      <h2 id="made">What makes this page</h2>
      <p>Nothing is hidden: this is all of it, as it stands in the files.</p>
      ${part("The page", "examples/demo/board-page.ts", page)}
      ${part("Its events, on the server", "examples/demo/board.ts")}
      ${part("What undo takes back", "examples/demo/board-undo.ts")}
      ${runsOn && storage ? part(`Stored in ${storage}`, runsOn) : "<p>Stored in memory.</p>"}
    </aside>
`;
}

function part(title: string, file: string, source: string = sources[file] ?? ""): string {
  return `<details name="source"><summary>${title} <small>${file}</small></summary>
      <pre tabindex="0" role="region" aria-label="${file}"><code>${
    escaped(source)
  }</code></pre></details>`;
}

/** Returns a text as markup that shows it, braces included: nothing in it is to be filled in. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("{", "&#123;");
}
