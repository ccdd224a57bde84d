import { describeKey } from "../../shared/key.ts";
import type { Key } from "./adapter.ts";
import { BaseAdapter } from "./base-adapter.ts";
import { type EncodedValue, type EncodedWrite, encodeValue } from "./codec.ts";
import type { StorageLimitError } from "./errors.ts";
import type { EncodeContext } from "./prepare.ts";
import { fits, tooLong } from "./size.ts";

/** A {@link BaseAdapter} for backends that keep text, whose limits it knows. Only adapters import it. */
export abstract class TextAdapter extends BaseAdapter<EncodedValue> {
  /** What holds a document, as errors name it. */
  protected abstract readonly place: string;
  /** How many bytes the metadata of an entry may be, as JSON. */
  protected readonly maxMetadataBytes: number = 10_000;
  /** How many bytes a stored key may be. */
  protected readonly maxKeyBytes: number = Infinity;

  /** @internal */
  protected override encode(value: unknown, { entry, kind }: EncodeContext): EncodedValue {
    const encoded = encodeValue(value, kind);
    const allowed = this.capabilities.maxValueBytes;
    if (fits(encoded.text, allowed)) return encoded;
    const misfit = { what: entry, place: this.place, limit: "value bytes", allowed } as const;
    throw tooLong(this.name, encoded.text, misfit);
  }

  /** @internal */
  protected override measure({ type, key, encodedKey, put }: EncodedWrite): number {
    if (!this.canHold(type, encodedKey)) {
      throw this.#partTooLong(this.keyText(type, encodedKey), { type, key, part: "key" });
    }
    if (put?.metadata !== undefined) {
      const metadata = JSON.stringify(put.metadata);
      if (!fits(metadata, this.maxMetadataBytes)) {
        throw this.#partTooLong(metadata, { type, key, part: "metadata" });
      }
    }
    return 0;
  }

  /** A key as it counts against {@link maxKeyBytes}. */
  protected keyText(type: string, encodedKey: string): string {
    return type + encodedKey;
  }

  /** Whether anything can be stored under this id, so that it is worth asking for it. */
  protected canHold(type: string, encodedKey: string): boolean {
    return fits(this.keyText(type, encodedKey), this.maxKeyBytes);
  }

  #partTooLong(
    text: string,
    { type, key, part }: { type: string; key: Key; part: "key" | "metadata" },
  ): StorageLimitError {
    return tooLong(this.name, text, {
      what: `the ${part} of ${type}/${describeKey(key)}`,
      place: part === "key" ? "a key" : "the metadata of an entry",
      limit: `${part} bytes`,
      allowed: part === "key" ? this.maxKeyBytes : this.maxMetadataBytes,
    });
  }
}
