import { EventStream } from "../support/event-stream.ts";

const demoList = "my-list";

/** Adds a to-do to a list of the demo, to the one on its page by default. */
export function addTodo(url: string, title: string, list: string = demoList): Promise<Response> {
  return fetch(`${url}/nasc/event`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      type: "TodoList",
      instance: list,
      event: "add_todo",
      payload: { title },
    }),
  });
}

/** Opens a stream of a list, and returns the titles in its first snapshot. */
export async function readTitles(url: string, list: string = demoList): Promise<string[]> {
  const stream = new EventStream(await fetch(`${url}/nasc/stream?scope=TodoList:${list}`));
  const { data } = await stream.next();
  await stream.close();
  const { value } = data.patches.find(({ prop }: { prop?: string }) => prop === "items");
  return value.map(({ title }: { title: string }) => title);
}
