import { connect, type ViewersFrame } from "rian/client";
import { expect, onTestFinished, test } from "vitest";
import { manualStreams } from "./manual-network.ts";
import { one, render, snapshot, texts } from "./support.ts";

function opened(html: string) {
  const { EventSource, streams } = manualStreams();
  render(html);
  const connection = connect({ EventSource });
  onTestFinished(() => connection.close());
  return streams[0]!;
}

test("a page shows who looks on, as expressions find them, and changes rows only of those who come and go", () => {
  const stream = opened(
    `<main na-scope="Board:1"><p na-show="@viewers">with <b na-bind="@viewers.length"></b></p>
    <template na-each="@viewers" na-key="name"><i title="{{name}} of {{../board}}" na-bind="name"></i></template>
  </main>`,
  );
  stream.open();
  stream.send(snapshot("Board:1", { board: "Plans" }, 1));
  expect([texts("i"), one("p").hidden]).toEqual([[], true]);
  const viewers = (...names: string[]): ViewersFrame => ({
    action: "viewers",
    type: "Board",
    instance: "1",
    viewers: names.map((name) => ({ name })),
  });
  stream.send(viewers("Ada", "Bo"));
  expect([texts("i, b"), one("p").hidden]).toEqual([["2", "Ada", "Bo"], false]);
  expect(one("i:first-of-type").title).toBe("Ada of Plans");
  const bo = document.querySelector("i:last-of-type");
  stream.send(viewers("Bo", "Cy"));
  expect(texts("i")).toEqual(["Bo", "Cy"]);
  expect(document.querySelector("i")).toBe(bo);
  stream.send({
    action: "gone",
    type: "Board",
    instance: "1",
    code: "deleted",
  });
  expect(texts("i")).toEqual([]);
});

test("what is so of the page's instances holds outside of all scopes, too", () => {
  const stream = opened(`<p class="all" na-class="live: @live; loading: @loading"></p>
    <section><i na-show="@live">live</i><b na-bind="title">as it was</b></section>
    <p na-scope="Board:1"></p><p na-scope="Board:2"></p>`);
  expect([one(".all").className, one("i").hidden]).toEqual(["all loading", true]);
  stream.open();
  stream.send(snapshot("Board:1", {}, 1));
  expect(one(".all").className).toBe("all loading");
  stream.send(snapshot("Board:2", {}, 1));
  expect([one(".all").className, one("i").hidden]).toEqual(["all live", false]);
  expect(one("b").textContent).toBe("as it was");
  expect(document.documentElement.hasAttribute("na-state")).toBe(false);
});

test("what a page was painted with is called @params, in scopes and outside", () => {
  opened(`<h1 na-bind="@params.id">?</h1><p na-scope="Board:7"><b na-bind="@params.id">?</b></p>
    <script type="application/json" na-snapshot>{"params":{"id":"7"},"states":[]}</script>`);
  expect(texts("h1, b")).toEqual(["7", "7"]);
});
