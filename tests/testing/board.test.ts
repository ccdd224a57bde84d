import { describe, expect, test } from "vitest";
import { type Board, boardHandler } from "../../examples/demo/board.ts";
import type { List } from "../../examples/demo/board-items.ts";
import { harness } from "../../src/testing/mod.ts";

const ann = { id: "a", mark: "a", name: "Ann" };
const bob = { id: "b", mark: "b", name: "Bob" };

/** Returns a board with two lists, `x` with the cards `1`, `2` and `3`, and `y` with none, and what its users do to it. */
async function board() {
  const { send, state, see } = harness({ Board: boardHandler });
  const does = (user: typeof ann) => (event: string, payload: unknown = {}, eventId?: string) =>
    send("Board", "b", event, payload, { user, ...(eventId && { eventId }) });
  const [a, b] = [does(ann), does(bob)];
  for (const id of ["ideas", "doing", "done"]) await a("remove", { id });
  for (const id of ["x", "y"]) await a("add_list", { name: id.toUpperCase() }, id);
  for (const id of ["1", "2", "3"]) await a("add_card", { list: "x", text: `card ${id}` }, id);
  const stored = async () => await state("Board", "b") as unknown as Board;
  return {
    ...{ a, b, stored },
    /** Returns the ids of all cards, by list. */
    async ids() {
      const { lists } = await stored();
      return lists.map(({ id, cards }) => `${id}:${cards.map((card) => card.id).join("")}`);
    },
    see: async (user: typeof ann) => await see("Board", "b", { user }) as Record<string, unknown>,
  };
}

describe("a board of the demo", () => {
  test("moves cards within a list and to the list beside it, and no further", async () => {
    const { a, ids } = await board();
    const after: Record<string, string[]> = {};
    for (const way of ["up", "down", "down", "down", "right", "right", "up", "left", "left"]) {
      const { outcome } = await a(`move_${way}`, { id: "2" });
      after[`${Object.keys(after).length} ${way} ${outcome}`] = await ids();
    }
    expect(after).toEqual({
      "0 up applied": ["x:213", "y:"],
      "1 down applied": ["x:123", "y:"],
      "2 down applied": ["x:132", "y:"],
      "3 down unchanged": ["x:132", "y:"],
      "4 right applied": ["x:13", "y:2"],
      "5 right unchanged": ["x:13", "y:2"],
      "6 up unchanged": ["x:13", "y:2"],
      "7 left applied": ["x:213", "y:"],
      "8 left unchanged": ["x:213", "y:"],
    });
    await a("move_right", { id: "x" });
    expect(await ids()).toEqual(["y:", "x:213"]);
  });

  test("places a dragged card before another one, or at the end of a list", async () => {
    const { a, ids } = await board();
    await a("place_card", { id: "3", list: "x", before: "1" });
    await a("place_card", { id: "1", list: "y", before: "" });
    await a("place_card", { id: "2", list: "y", before: "1" });
    await a("place_card", { id: "3", list: "x", before: "2" });
    expect(await ids()).toEqual(["x:3", "y:21"]);
    expect((await a("place_card", { id: "3", list: "nowhere" })).error?.code).toBe("gone");
    expect((await a("place_card", { id: "y", list: "x" })).error?.code).toBe("gone");
  });

  test.for<[event: string, payload: unknown, field: string]>([
    ["add_list", { name: " " }, "name"],
    ["add_list", null, "name"],
    ["add_card", { list: "x", text: "x".repeat(141) }, "text"],
    ["add_card", { list: "x", text: ["Milk"] }, "text"],
    ["rename_card", { id: "1", text: "" }, "text"],
    ["rename_list", { id: "x" }, "name"],
    ["rename_board", { title: "\n" }, "title"],
  ])("refuses %s of %j at its field", async ([event, payload, field]) => {
    const { a, stored } = await board();
    const before = await stored();
    const { error } = await a(event, payload);
    expect(error?.fields).toEqual({ [field]: expect.any(String) });
    expect(await stored()).toEqual(before);
  });

  test("has at most 8 lists, and 50 cards in each", async () => {
    const { a, stored } = await board();
    for (let n = 3; n <= 8; n++) await a("add_list", { name: `${n}` });
    expect((await a("add_list", { name: "9" })).error?.fields?.["name"]).toContain("at most 8");
    for (let n = 4; n <= 50; n++) await a("add_card", { list: "x", text: `${n}` });
    const card = { list: "x", text: "51" };
    expect((await a("add_card", card)).error?.fields?.["text"]).toContain("at most 50");
    await a("add_card", { list: "y", text: "other" }, "other");
    expect((await a("move_left", { id: "other" })).error?.code).toBe("full");
    expect((await a("place_card", { id: "other", list: "x" })).error?.code).toBe("full");
    const { lists } = await stored();
    expect(lists.map(({ cards }) => cards.length)).toEqual([50, 1, 0, 0, 0, 0, 0, 0]);
  });

  test("gives nothing an id that something has", async () => {
    const { send } = harness({ Board: boardHandler });
    for (const eventId of ["ideas", "ideas-0"]) {
      const payload = { list: "done", text: "Again" };
      const { error } = await send("Board", "b", "add_card", payload, { eventId });
      expect(error?.code).toBe("same-id");
    }
  });

  test("says who did what last", async () => {
    const { a, b, stored } = await board();
    await b("move_right", { id: "1" });
    expect((await stored()).news).toBe("Bob moved “card 1” to “Y”");
    await a("toggle_card", { id: "1" });
    expect((await stored()).news).toBe("Ann marked “card 1” as done");
  });
});

describe("undo", () => {
  test("takes back, one after the other, what somebody did, and leaves what others did", async () => {
    const { a, b, ids, stored, see } = await board();
    await a("rename_card", { id: "1", text: "renamed" });
    await b("add_card", { list: "y", text: "Bob's" }, "4");
    await a("move_right", { id: "2" });
    await a("toggle_card", { id: "3" });
    await a("remove", { id: "x" });
    expect(await ids()).toEqual(["y:42"]);
    expect((await see(ann))["undo"]).toBe("removed “X”");
    await a("undo");
    expect(await ids()).toEqual(["x:13", "y:42"]);
    await a("undo");
    await a("undo");
    await a("undo");
    expect(await ids()).toEqual(["x:123", "y:4"]);
    const [x] = (await stored()).lists as [List];
    expect(x.cards.map(({ text, done }) => [text, done]))
      .toEqual([["card 1", false], ["card 2", false], ["card 3", false]]);
    expect((await see(bob))["undo"]).toBe("added “Bob's”");
    await b("undo");
    expect(await ids()).toEqual(["x:123", "y:"]);
    expect((await b("undo")).outcome).toBe("unchanged");
  });

  test.for<[what: string, event: string, payload: object, other: string, otherPayload: object]>([
    ["a text that another has changed", "rename_card", { id: "1", text: "a" }, "rename_card", {
      id: "1",
      text: "b",
    }],
    ["a move of what another has moved on", "move_right", { id: "1" }, "move_left", { id: "1" }],
    ["a change of what another has removed", "toggle_card", { id: "1" }, "remove", { id: "1" }],
    ["a removal from a list that another has removed", "remove", { id: "1" }, "remove", {
      id: "x",
    }],
    [
      "a name of the board that another has changed",
      "rename_board",
      { title: "a" },
      "rename_board",
      {
        title: "b",
      },
    ],
  ])("passes over %s", async ([, event, payload, other, otherPayload]) => {
    const { a, b, stored, see } = await board();
    const before = (await see(ann))["undo"];
    await a(event, payload);
    expect((await see(ann))["undo"]).not.toBe(before);
    await b(other, otherPayload);
    const shown = await stored();
    expect((await see(ann))["undo"]).not.toBe((await see(bob))["undo"]);
    await a("undo");
    const { lists } = await stored();
    // What Bob did is there still: of all his words and places, none has changed.
    const bobs = (all: readonly List[]) =>
      all.flatMap(({ id, cards }) => cards.map((card) => [id, card])).filter(([, card]) =>
        (card as { id: string }).id === "1"
      );
    expect(bobs(lists)).toEqual(bobs(shown.lists));
    expect((await stored()).title).toBe(shown.title);
  });

  test("keeps a list and a card that others have worked on since", async () => {
    const { a, b, ids, see } = await board();
    await a("add_list", { name: "Z" }, "z");
    await b("add_card", { list: "z", text: "Bob's" }, "9");
    await a("add_card", { list: "y", text: "Ann's" }, "8");
    await b("toggle_card", { id: "8" });
    expect((await see(ann))["undo"]).toBe("added “card 3”");
    await a("undo");
    expect(await ids()).toEqual(["x:12", "y:8", "z:9"]);
  });

  test("is for those who are known, and nobody sees the steps of others", async () => {
    const { a, b, stored, see } = await board();
    for (let n = 0; n < 40; n++) await a("toggle_card", { id: "1" });
    expect((await stored()).steps).toHaveLength(20);
    expect(Object.keys(await see(bob))).not.toContain("steps");
    expect(JSON.stringify((await b("toggle_card", { id: "2" })).frames)).not.toContain('"by"');
  });
});
