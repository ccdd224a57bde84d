import { defineHandler, type Handlers } from "../../mod.ts";

const title = "a title that takes more characters than what changes beside it, by far, ".repeat(3);

/** Who looks at a room. */
export interface Guest {
  readonly id: string;
  readonly name?: string;
  readonly secret: string;
}

/** A room in which some may see nothing, and what its guests do. */
export interface Room {
  readonly title: string;
  readonly banned: readonly string[];
  readonly lines: number;
  readonly seen: readonly Readonly<Record<string, unknown>>[];
}

/** Handlers of rooms, in which guests are shown nothing once they are banned. */
export const roomHandlers: Handlers = {
  Room: defineHandler<{ user: Guest | undefined }>()({
    mount: (): Room => ({ title, banned: [], lines: 0, seen: [] }),
    view: (room, { user }) => room.banned.includes(user?.id ?? "") ? undefined : room,
    say(payload: unknown, room, context) {
      context.broadcast(payload);
      return room;
    },
    write(payload: unknown, room, context) {
      context.broadcast(payload);
      return { ...room, lines: room.lines + 1 };
    },
    ban(id: string, room, context) {
      context.broadcast(`${id} is banned`);
      return { ...room, banned: [...room.banned, id] };
    },
    admit(id: string, room, context) {
      context.broadcast(`${id} is admitted`);
      return { ...room, banned: room.banned.filter((one) => one !== id) };
    },
    look: (_: unknown, room, context) => ({ ...room, seen: [...context.viewers()] }),
    async end(_: unknown, room, context) {
      context.broadcast("the end");
      await context.delete();
      return room;
    },
  }),
};
