import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import {
  createProcessor,
  type Handler,
  type HandlerContext,
  type Handlers,
  MemoryStore,
  type MountParams,
} from "../../mod.ts";
import { attachNasc } from "../../src/router/mod.ts";

interface Board {
  id: string;
  cards: { id: string; title: string; done: boolean }[];
}

interface Profile {
  id: string;
  name: string;
  problem?: string;
}

/** Handlers as they were written for the first Nasc. That this file compiles is the test. */
const boardList = {
  async mount({ boardListId }: { boardListId?: string } = {}): Promise<Board> {
    return { id: boardListId || "none", cards: [] };
  },

  async add_card(payload: { title?: string } | undefined, current: Board): Promise<Board> {
    const card = { id: String(current.cards.length), title: payload?.title ?? "", done: false };
    return { ...current, cards: [...current.cards, card] };
  },

  finish(payload: { id: string }, current: Board): Board {
    const cards = current.cards.map((card) =>
      card.id === payload.id ? { ...card, done: true } : card
    );
    return { ...current, cards };
  },

  clear: (_payload: unknown, current: Board): Board => ({ ...current, cards: [] }),
  reset: async (): Promise<Board> => ({ id: "none", cards: [] }),
};

const profile = {
  mount({ profileid, profileId }: { profileid?: string; profileId?: string } = {}): Profile {
    return { id: profileId || profileid || "me", name: "Guest" };
  },

  // deno-lint-ignore no-explicit-any -- as such handlers were written
  async save(payload: any, current: Profile): Promise<Profile> {
    const next: Profile = { ...current };
    if (typeof payload?.name === "string") next.name = payload.name;
    else next.problem = "A name is text";
    return next;
  },
};

const shapes = {
  plain: { mount: () => ({ n: 0 }) },
  oldName: { mount: ({ oldnameId = "none" }: { oldnameId?: string }) => ({ id: oldnameId }) },
  required: { mount: ({ requiredId }: { requiredId: string }) => ({ id: requiredId }) },
  whole: { mount: (params: { wholeId?: string; id?: string }) => ({ id: params.wholeId }) },
  // deno-lint-ignore no-explicit-any -- as such handlers were written
  untyped: { mount: async (params: any) => ({ id: params.untypedId }) },
  byIndex: { mount: (params: Record<string, string> = {}) => ({ id: params["byIndexId"] }) },
  named: { mount: ({ id }: MountParams, context: HandlerContext) => ({ id, of: context.type }) },
  contextual: { mount: (params, context) => ({ id: params.id, of: context.type }) } as Handler,
  withoutMount: { add: (n: number, current: { n: number }) => ({ n: current.n + n }) },
};

const handlers: Handlers = { boardList, profile, ...shapes };

describe("handlers of the first Nasc", () => {
  test("compile as they are, and mount with the id under the name of their type", async () => {
    const process = createProcessor(handlers, new MemoryStore());
    for (const type of ["boardList", "profile", "oldName", "required", "whole", "untyped"]) {
      const patches = await process({ type, instance: "a", event: "mount" });
      expect(patches).toContainEqual(expect.objectContaining({ prop: "id", value: "a" }));
    }
    for (const type of ["byIndex", "named", "contextual"]) {
      const patches = await process({ type, instance: "a", event: "mount" });
      expect(patches).toContainEqual(expect.objectContaining({ prop: "id", value: "a" }));
    }
  });

  test("run their events, sync or async, with any number of parameters", async () => {
    const { processMessage } = attachNasc({ app: new Hono(), handlers, store: new MemoryStore() });
    const board = { type: "boardList", instance: "a" };
    await processMessage({ ...board, event: "mount" });
    await processMessage({ ...board, event: "add_card", payload: { title: "Read" } });
    const [finished] = await processMessage({ ...board, event: "finish", payload: { id: "0" } });
    expect(finished).toMatchObject({ value: [{ id: "0", title: "Read", done: true }] });
    const cleared = await processMessage({ instance: "boardList:a", event: "clear" });
    expect(cleared).toMatchObject([{ value: [] }]);
    expect(await processMessage({ ...board, event: "reset" })).toMatchObject([{ value: "none" }]);
  });
});
