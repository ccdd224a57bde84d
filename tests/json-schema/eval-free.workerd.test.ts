import { expect, test } from "vitest";
import { jsonSchema } from "rian/json-schema";
import { createProcessor, defineHandler, MemoryStore } from "../../mod.ts";

test("a Worker, which has no eval, checks payloads by a JSON Schema", async () => {
  const List = defineHandler()({
    mount: () => ({ titles: [] as string[] }),
    schemas: {
      add: jsonSchema<{ title: string }>({
        properties: { title: { type: "string", pattern: "^[A-Z]" } },
        required: ["title"],
      }),
    },
    add: ({ title }, list) => ({ titles: [...list.titles, title] }),
  });
  const process = createProcessor({ List }, new MemoryStore());
  const add = { type: "List", instance: "a", event: "add" } as const;
  expect(await process({ ...add, payload: { title: "Tea" } })).toMatchObject([{ value: ["Tea"] }]);
  expect(await process({ ...add, payload: { title: "tea" } }))
    .toMatchObject([{ code: "invalid", fields: { title: "String does not match pattern." } }]);
});
