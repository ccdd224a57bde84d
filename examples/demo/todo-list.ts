import { type HandlerContext, type MountParams, NascError } from "rian";
import { textOf } from "./text.ts";

export interface Todo {
  readonly id: string;
  readonly title: string;
  readonly completed: boolean;
}

export interface TodoList {
  readonly id: string;
  readonly items: readonly Todo[];
}

/**
 * The events of a to-do list. Each returns the next state, and none loads or saves anything. A page can send any
 * payload, so each looks at what it gets.
 */
export const todoListHandler = {
  mount({ id }: MountParams): TodoList {
    return {
      id,
      items: [
        { id: "learn", title: "Learn Rian", completed: true },
        { id: "build", title: "Build an app", completed: false },
      ],
    };
  },

  add_todo(payload: unknown, list: TodoList, context: HandlerContext): TodoList {
    const title = textOf(payload, "title");
    if (!title) {
      throw new NascError("no-title", "Write what needs to be done", {
        fields: { title: "Write what needs to be done" },
      });
    }
    // The page chooses the event's id, so it may be one that a row has already.
    const id = context.eventId;
    if (list.items.some((item) => item.id === id)) {
      throw new NascError("same-id", "There is a to-do with this id already");
    }
    return { ...list, items: [...list.items, { id, title, completed: false }] };
  },

  toggle_todo(payload: unknown, list: TodoList): TodoList {
    const id = textOf(payload, "id");
    const items = list.items.map((item) =>
      item.id === id ? { ...item, completed: !item.completed } : item
    );
    return { ...list, items };
  },

  move_up: (payload: unknown, list: TodoList): TodoList => move(list, textOf(payload, "id"), -1),

  move_down: (payload: unknown, list: TodoList): TodoList => move(list, textOf(payload, "id"), 1),

  remove_todo(payload: unknown, list: TodoList): TodoList {
    const id = textOf(payload, "id");
    return { ...list, items: list.items.filter((item) => item.id !== id) };
  },
};

function move(list: TodoList, id: string | undefined, by: -1 | 1): TodoList {
  const from = list.items.findIndex((item) => item.id === id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= list.items.length) return list;
  const items = [...list.items];
  items.splice(to, 0, ...items.splice(from, 1));
  return { ...list, items };
}
