import type { Entry } from "../../../src/persistence/adapter/adapter.ts";
import { listAll } from "../../../src/testing/case.ts";
import { type Faults, listing } from "./fault.ts";

export const order: Faults = {
  "list yields entries by key: booleans, numbers, dates, strings, each in order": (whole) => {
    return listing(whole, (entries) => entries.sort((a, b) => a.key < b.key ? -1 : 1));
  },
  "a list can begin after any key, in both directions": (whole) => ({
    list: (type, options) => whole.list(type, { ...options, reverse: false }),
  }),
  "a list can begin after a key that has no entry": (whole) => ({
    async *list(type, options = {}) {
      if (options.after === undefined || await whole.get(type, options.after)) {
        yield* whole.list(type, options);
      }
    },
  }),
};

export const paging: Faults = {
  "list yields 2,500 entries once each and in order": (whole) => {
    return listing(whole, (entries) => entries.slice(0, 1_000));
  },
  "limit and after divide a list into pages without a gap": (whole) => {
    return listing(whole, (entries, { after }) => after === undefined ? entries : entries.slice(1));
  },
  "pages yields what list yields": (whole) => ({
    async *pages(type, options) {
      for await (const page of whole.pages(type, options)) return yield page;
    },
  }),
  "a list can be left early, and entries can be deleted while it is read": (whole) => ({
    async *list(type) {
      for (let offset = 0;; offset += 100) {
        const page = (await listAll(whole, type)).slice(offset, offset + 100);
        if (page.length === 0) return;
        yield* page;
      }
    },
  }),
  "limit 0 lists nothing, and anything but a whole number from 0 up is refused": (
    whole,
  ) => ({
    list: (type, options) => whole.list(type, { ...options, limit: options?.limit || Infinity }),
  }),
  "a list of a type without entries is empty": (whole) => {
    return listing(whole, ([first, ...rest]) => [first as Entry, ...rest]);
  },
};

export const damage: Faults = {
  "reading a damaged entry rejects with an error that names it": (whole) => ({
    get: (type, key) => whole.get(type, key).catch(() => undefined),
  }),
  "a list ends at a damaged entry with an error that names it": (whole) => ({
    list: (type, options) => whole.list(type, { onUnreadable() {}, ...options }),
  }),
  "a list with onUnreadable goes on after a damaged entry": (whole) => ({
    list: (type, { onUnreadable: _, ...options } = {}) => whole.list(type, options),
  }),
  "pages with onUnreadable go on after a damaged entry": (whole) => ({
    pages: (type, { onUnreadable: _, ...options } = {}) => whole.pages(type, options),
  }),
  "a put repairs a damaged entry": (whole) => ({
    async commit(writes) {
      for (const { type, key } of writes) await whole.get(type, key);
      return await whole.commit(writes);
    },
  }),
  "a delete removes a damaged entry": (whole) => ({
    async commit(writes) {
      for (const { type, key } of writes) await whole.get(type, key);
      return await whole.commit(writes);
    },
  }),
  "clear removes a damaged entry with the others": (whole) => ({
    async clear(type) {
      for await (const { key } of whole.list(type, { onUnreadable() {} })) {
        await whole.commit([{ type, key, delete: true }]);
      }
    },
  }),
};
