import { assert, assertEqual, assertTooLarge } from "./assert.ts";
import { type CaseGroup, listAll, listValues } from "./case.ts";

const largestTried = 40_000_000;

/** Anything too large is refused by name before anything is written; what the backend allows fits. */
export const limits: CaseGroup = {
  "a document of 300 kB fits if the backend allows it": async ({ adapter, type }) => {
    const size = Math.min(300_000, adapter.capabilities.maxValueBytes - 100);
    const value = { text: "x".repeat(size), at: new Date(0) };
    await adapter.commit([{ type, key: "a", value }, { type, key: "b", value: "small" }]);
    assertEqual((await adapter.get(type, "a"))?.value, value, "the document");
    assertEqual(
      (await listAll(adapter, type)).map((entry) => entry.value),
      [value, "small"],
      "all",
    );
    await adapter.commit([{ type, key: "a", value: "small again" }]);
    assertEqual((await adapter.get(type, "a"))?.value, "small again", "the smaller document");
    await adapter.commit([{ type, key: "a", delete: true }]);
    assertEqual((await listAll(adapter, type)).map((entry) => entry.key), ["b"], "the rest");
  },

  "a value of capabilities.maxValueBytes bytes, up to 40 MB, fits": async (context) => {
    const { adapter, type } = context;
    const value = ofEncodedSize(Math.min(adapter.capabilities.maxValueBytes, largestTried));
    await adapter.commit([{ type, key: "a", value }]);
    const stored = (await adapter.get(type, "a"))?.value;
    assertEqual((stored as string).length, value.length, "the length of the value");
    assert(stored === value, "the value is the same");
  },

  "a commit with a value above capabilities.maxValueBytes is refused by name and writes nothing":
    async (
      { adapter, type },
    ) => {
      const { maxValueBytes } = adapter.capabilities;
      if (maxValueBytes > largestTried) return "a value may have more bytes than are tried";
      const value = ofEncodedSize(maxValueBytes + 1);
      const writes = [{ type, key: "a", value: 1 }, { type, key: "b", value }];
      const error = await assertTooLarge(adapter.commit(writes), "the commit");
      assert(error.message.includes(type), "it names the entry");
      assertEqual(await listAll(adapter, type), [], "the entries");
    },

  "capabilities.maxValueBytes counts bytes, not characters": async ({ adapter, type }) => {
    const { maxValueBytes } = adapter.capabilities;
    if (maxValueBytes > largestTried) return "a value may have more bytes than are tried";
    const value = "☘".repeat(Math.ceil(maxValueBytes / 3));
    await assertTooLarge(adapter.commit([{ type, key: "a", value }]), "the commit");
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
  },

  "metadata of any size is kept whole, or refused by name and nothing of its commit is written":
    async (
      { adapter, type },
    ) => {
      for (const text of ofSizes([150, 5_000, 50_000, 500_000])) {
        const key = `${text.length} ${text[0]}`;
        const writes = [{ type, key: `${key} before`, value: 1 }, {
          ...{ type, key, value: 1, metadata: { text } },
        }];
        const kept = await isKept(adapter.commit(writes), type);
        assert(kept || text.length > 150, "500 bytes of metadata are kept");
        const stored = [await adapter.get(type, `${key} before`), await adapter.get(type, key)];
        assertEqual(
          stored.map((entry) => entry && [entry.value, entry.metadata]),
          kept ? [[1, undefined], [1, { text }]] : [undefined, undefined],
          `the entries of ${key}`,
        );
      }
    },

  "metadata of capabilities.maxMetadataBytes bytes fits": async ({ adapter, type }) => {
    const { maxMetadataBytes } = adapter.capabilities;
    if (maxMetadataBytes > largestTried) return "metadata may have more bytes than are tried";
    const metadata = metadataOfSize(maxMetadataBytes);
    await adapter.commit([{ type, key: "a", value: 1, metadata }]);
    assertEqual((await adapter.get(type, "a"))?.metadata, metadata, "the metadata");
    assertEqual((await listAll(adapter, type))[0]?.metadata, metadata, "the listed metadata");
  },

  "a commit with metadata above capabilities.maxMetadataBytes is refused by name and writes nothing":
    async (
      { adapter, type },
    ) => {
      const { maxMetadataBytes } = adapter.capabilities;
      if (maxMetadataBytes > largestTried) return "metadata may have more bytes than are tried";
      const metadata = metadataOfSize(maxMetadataBytes + 1);
      const writes = [{ type, key: "a", value: 1 }, { type, key: "b", value: 1, metadata }];
      const error = await assertTooLarge(adapter.commit(writes), "the commit");
      assert(error.message.includes(type), "it names the entry");
      assertEqual(await listAll(adapter, type), [], "the entries");
    },

  "a key of any length is a key of its own, or refused by name and nothing is written": async (
    { adapter, type },
  ) => {
    for (const text of ofSizes([100, 400, 1_000, 3_000, 100_000])) {
      const keys = ["before", `${text}a`, `${text}b`];
      const kept = await isKept(
        adapter.commit(keys.map((key) => ({ type, key, value: key }))),
        type,
      );
      assert(kept || text.length > 100, "keys of 300 bytes are kept");
      const listed = (await listValues(adapter, type)).map(([key, value]) => key === value && key);
      assertEqual(listed, kept ? keys : [], "the keys");
      await adapter.clear(type);
    }
  },

  "get returns undefined for a key that is too long to be stored": async ({ adapter, type }) => {
    for (const key of ofSizes([400, 1_000, 3_000, 100_000])) {
      assertEqual(await adapter.get(type, key), undefined, `the entry of ${key.length} characters`);
    }
  },
};

/** Returns a string that takes this many bytes: two quotes are the least that an encoding adds. */
function ofEncodedSize(bytes: number): string {
  return "x".repeat(bytes - 2);
}

/** Returns metadata that takes this many bytes as JSON, in fewer characters. */
function metadataOfSize(bytes: number): { readonly text: string } {
  const room = bytes - JSON.stringify({ text: "" }).length;
  return { text: "☘".repeat(Math.floor(room / 3)) + "x".repeat(room % 3) };
}

/** Returns texts of each of these lengths, of characters of one byte and of three. */
function ofSizes(sizes: readonly number[]): string[] {
  return sizes.flatMap((size) => ["x".repeat(size), "☘".repeat(size)]);
}

/** Returns whether a commit was accepted; if not, its error must name the entry. */
async function isKept(commit: Promise<unknown>, type: string): Promise<boolean> {
  try {
    await commit;
    return true;
  } catch (cause) {
    const error = await assertTooLarge(Promise.reject(cause), "the commit");
    assert(error.message.includes(type), "it names the entry");
    return false;
  }
}
