import { expect, test, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { open, refuse, ScriptedServer, texts } from "./support.ts";

const page = `<main na-scope="Board:1">
  <button id="star" na-click="star" na-optimistic="toggle starred">Star</button><b na-bind="starred"></b>
  <button id="vote" na-click="vote" na-optimistic="add votes; set last 'a;b'">Vote</button><b na-bind="votes"></b><b na-bind="last"></b>
  <form na-submit="rename" na-optimistic="set title {title}"><input name="title"><button>Rename</button></form><h1 na-bind="title"></h1>
  <form id="add" na-submit="add" na-optimistic="append lists"><input name="name"><button>Add</button></form>
  <button id="odd" na-click="star" na-optimistic="explode starred">Odd</button>
  <template na-each="lists" na-key="id"><section><h2 na-bind="name"></h2>
    <template na-each="cards" na-key="key.id"><p><i na-bind="text"></i>
      <button class="done" na-click="done" data-id="{{key.id}}" na-optimistic="toggle done; add ../count -1" na-class="is-done: done">Done</button>
      <button class="remove" na-click="remove" data-id="{{key.id}}" na-optimistic="remove">Remove</button>
      <button class="up" na-click="up" data-id="{{key.id}}" na-optimistic="move up">Up</button>
      <button class="down" na-click="down" data-id="{{key.id}}" na-optimistic="move down">Down</button>
    </p></template><u na-bind="count"></u>
  </section></template>
</main>`;

type State = Record<string, unknown>;
type Handler = (payload: State, state: State) => State;

interface Card {
  key: { id: string };
  text: string;
  done: boolean;
}

interface Board {
  starred: boolean;
  votes: number;
  last: string;
  title: string;
  lists: { id: string; name: string; count: number; cards: Card[] }[];
}

function card(id: string): Card {
  return { key: { id }, text: id, done: false };
}

function board(handlers: Record<string, Handler> = {}): ScriptedServer {
  const state: Board = {
    starred: false,
    votes: 1,
    last: "",
    title: "Plans",
    lists: [
      { id: "x", name: "To do", count: 3, cards: ["a", "b", "c"].map(card) },
      { id: "y", name: "Done", count: 1, cards: [card("d")] },
    ],
  };
  const server = new ScriptedServer({ "Board:1": { ...state } }, { Board: handlers });
  open(page, server);
  return server;
}

async function click(selector: string): Promise<void> {
  await userEvent.click(document.querySelector(selector)!);
}

const cards = () => texts("i").join("");

test("a page shows at once what an event will do, and then what it did", async () => {
  const server = board({
    star: (_, state) => ({ ...state, starred: !state.starred }),
    vote: (_, state) => ({ ...state, votes: Number(state.votes) + 10, last: "server" }),
    rename: ({ title }, state) => ({ ...state, title: `${title}`.toUpperCase() }),
  });
  const release = server.holdAnswers();
  const releaseStream = server.holdStream();
  // The first click may come before the module.
  await vi.waitUntil(async () => {
    await click("#star");
    return texts("b")[0] === "true";
  });
  await click("#vote");
  await click("#vote");
  await userEvent.fill(document.querySelector("input[name=title]")!, "Later");
  await userEvent.keyboard("{Enter}");
  expect([texts("b").slice(1), texts("h1")]).toEqual([["3", "a;b"], ["Later"]]);
  const sent = server.sent.filter(({ event }) => event === "star").length;
  release();
  releaseStream();
  await expect.poll(() => [texts("b"), texts("h1")])
    .toEqual([[String(sent % 2 === 1), "21", "server"], ["LATER"]]);
});

test("what a refused event was guessed to do is taken back", async () => {
  const server = board({ vote: () => refuse("full", "No more votes") });
  await expect.poll(async () => {
    const release = server.holdAnswers();
    await click("#vote");
    const [, votes] = texts("b");
    release();
    return votes;
  }).toBe("2");
  await expect.poll(() => texts("b").slice(1)).toEqual(["1", ""]);
});

test("guesses are at rows by their keys, wherever others move them meanwhile", async () => {
  const server = board({
    done: (_, state) => state,
    remove: (_, state) => state,
    up: (_, state) => state,
    down: (_, state) => state,
  });
  await expect.poll(async () => {
    const release = server.holdAnswers();
    await click("section:first-of-type p:nth-of-type(2) .done");
    const [count] = texts("u");
    release();
    return count;
  }).toBe("2");
  await expect.poll(() => texts("u")).toEqual(["3", "1"]);

  const release = server.holdAnswers();
  const rows = document.querySelectorAll("section:first-of-type p");
  await click("section:first-of-type p:nth-of-type(2) .done");
  await click("section:first-of-type p:nth-of-type(3) .up");
  expect(cards()).toBe("acbd");
  await click("section:first-of-type p:nth-of-type(1) .remove");
  expect([cards(), texts("u")]).toEqual(["cbd", ["2", "1"]]);
  expect([...document.querySelectorAll("section:first-of-type p")]).toEqual([rows[2], rows[1]]);

  // Somebody else puts a card before them, and the second list first.
  const lists = [
    { id: "y", name: "Done", count: 1, cards: [card("d")] },
    { id: "x", name: "To do", count: 7, cards: ["n", "a", "b", "c"].map(card) },
  ];
  server.change("Board:1", { lists });
  await expect.poll(() => [cards(), texts("u")]).toEqual(["dncb", ["1", "6"]]);
  expect(document.querySelectorAll(".is-done").length).toBe(1);
  release();
  await expect.poll(() => [cards(), texts("u")]).toEqual(["dnabc", ["1", "7"]]);
});

test("a row that is guessed stays the same element once the server has it, under the event's id", async () => {
  const server = board();
  const sent: string[] = [];
  const add = document.querySelector("#add input")!;
  // The handler finds the id in its context.
  const handled = (name: string) => {
    const { eventId } = server.sent.findLast(({ event }) => event === "add")!;
    sent.push(eventId!);
    const { lists } = structuredClone(before);
    server.change("Board:1", { lists: [...lists, { id: eventId, name, count: 0, cards: [] }] });
  };
  const before = { lists: [{ id: "x", name: "To do", count: 0, cards: [] }] };
  server.change("Board:1", before);
  await expect.poll(() => texts("h2")).toEqual(["To do"]);
  const release = server.holdAnswers();
  await userEvent.fill(add, "Later");
  await expect.poll(async () => {
    await userEvent.keyboard("{Enter}");
    return texts("h2");
  }).toEqual(["To do", "Later"]);
  const row = document.querySelector("section:last-of-type");
  handled("Later!");
  await expect.poll(() => texts("h2")).toEqual(["To do", "Later!"]);
  expect(document.querySelector("section:last-of-type")).toBe(row);
  release();
});

test("a guess that cannot be read is reported, and the event is sent", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const server = board({ star: (_, state) => ({ ...state, starred: true }) });
  await expect.poll(async () => {
    await click("#odd");
    return error.mock.calls.flat().join("\n");
  }).toContain('Cannot guess by "explode starred"');
  await expect.poll(() => texts("b")[0]).toBe("true");
  expect(server.sent.length).toBeGreaterThan(0);
  error.mockRestore();
});

test("a row of a list without keys is not guessed at, since it may be another", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const server = new ScriptedServer({ "Board:1": { n: [7, 0, 1] } }, {
    Board: { drop: (_, state) => state },
  });
  open(
    `<main na-scope="Board:1"><template na-each="n"><p><i na-bind="."></i>
    <button na-click="drop" na-optimistic="remove">Remove</button></p></template></main>`,
    server,
  );
  await expect.poll(async () => {
    const release = server.holdAnswers();
    await click("p button");
    const shown = texts("i");
    release();
    expect(shown).toEqual(["7", "0", "1"]);
    return error.mock.calls.flat().join("\n");
  }).toContain('Cannot guess by "remove"');
  error.mockRestore();
});
