import { fits } from "../../shared/byte-length.ts";
import { describeKey } from "../../shared/key.ts";
import { BaseAdapter } from "./base-adapter.ts";
import { type EncodedValue, type EncodedWrite, encodeValue } from "./codec.ts";
import type { EncodeContext } from "./prepare.ts";
import { tooLong } from "./size.ts";

/** A {@link BaseAdapter} for backends that keep text: it encodes values as text and measures values and keys. */
export abstract class TextAdapter extends BaseAdapter<EncodedValue> {
  /** What holds a document, as errors name it, such as `"an entry"`. */
  protected abstract readonly place: string;
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
  protected override measure({ type, key, encodedKey }: EncodedWrite): number {
    if (this.canHold(type, encodedKey)) return 0;
    throw tooLong(this.name, this.keyText(type, encodedKey), {
      what: `the key of ${type}/${describeKey(key)}`,
      place: "a key",
      limit: "key bytes",
      allowed: this.maxKeyBytes,
    });
  }

  /** Returns a key as it counts against {@link maxKeyBytes}. */
  protected keyText(type: string, encodedKey: string): string {
    return type + encodedKey;
  }

  /** Returns whether anything can be stored under an encoded key; if not, reads need not ask for it. */
  protected canHold(type: string, encodedKey: string): boolean {
    return fits(this.keyText(type, encodedKey), this.maxKeyBytes);
  }
}
