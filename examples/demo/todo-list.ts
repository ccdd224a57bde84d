import { type HandlerContext, type MountParams, NascError } from "rian";

export interface Todo {
  readonly id: string;
  readonly title: string;
  readonly completed: boolean;
}

export interface TodoList {
  readonly id: string;
  readonly items: readonly Todo[];
}

interface TodoPayload {
  readonly id: string;
}

/** The events of a to-do list. Each returns the next state, and none loads or saves anything. */
export const todoListHandler = {
  mount({ id }: MountParams): TodoList {
    return {
      id,
      items: [
        { id: "1", title: "Learn Rian", completed: true },
        { id: "2", title: "Build an app", completed: false },
      ],
    };
  },

  add_todo(payload: { title?: string }, list: TodoList, context: HandlerContext): TodoList {
    const title = String(payload?.title ?? "").trim();
    if (!title) {
      throw new NascError("no-title", "Write what needs to be done", {
        fields: { title: "Write what needs to be done" },
      });
    }
    return { ...list, items: [...list.items, { id: context.eventId, title, completed: false }] };
  },

  toggle_todo({ id }: TodoPayload, list: TodoList): TodoList {
    const items = list.items.map((item) =>
      item.id === id ? { ...item, completed: !item.completed } : item
    );
    return { ...list, items };
  },

  move_up: ({ id }: TodoPayload, list: TodoList): TodoList => move(list, id, -1),

  move_down: ({ id }: TodoPayload, list: TodoList): TodoList => move(list, id, 1),

  remove_todo({ id }: TodoPayload, list: TodoList): TodoList {
    return { ...list, items: list.items.filter((item) => item.id !== id) };
  },
};

function move(list: TodoList, id: string, by: -1 | 1): TodoList {
  const from = list.items.findIndex((item) => item.id === id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= list.items.length) return list;
  const items = [...list.items];
  items.splice(to, 0, ...items.splice(from, 1));
  return { ...list, items };
}
