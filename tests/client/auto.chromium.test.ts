import { afterEach, expect, test, vi } from "vitest";
import { manualStreams } from "./manual-network.ts";
import { render } from "./support.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.removeAttribute("na-connect");
  document.body.removeAttribute("data-na-connect");
});

let run = 0;

async function load(attribute: string | undefined, name = "na-connect") {
  const { EventSource, streams } = manualStreams();
  vi.stubGlobal("EventSource", EventSource);
  render(`<p na-scope="c" na-type="Counter"></p>`);
  if (attribute !== undefined) document.body.setAttribute(name, attribute);
  // A new query makes the browser run the module again.
  const module = `${location.origin}/src/client/auto.ts?run=${++run}`;
  const { connection } = await import(/* @vite-ignore */ module);
  connection?.close();
  return { connection, urls: streams.map(({ url }) => url) };
}

test("a page with na-connect on its body connects without a script of its own", async () => {
  const { connection, urls } = await load("");
  expect(connection).toBeDefined();
  expect(urls).toEqual(["/nasc/stream?scope=Counter%3Ac&have="]);
});

test("the value of na-connect is the path of the router", async () => {
  expect((await load("/app/rian/")).urls).toEqual(["/app/rian/stream?scope=Counter%3Ac&have="]);
});

test("data-na-connect is another name of na-connect", async () => {
  expect((await load("/app", "data-na-connect")).urls).toEqual([
    "/app/stream?scope=Counter%3Ac&have=",
  ]);
});

test("a page without na-connect is left alone", async () => {
  expect(await load(undefined)).toEqual({ connection: undefined, urls: [] });
});
