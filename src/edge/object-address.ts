import type { Adapter } from "../persistence/adapter/adapter.ts";
import type { Address } from "../processor/address.ts";
import { objectName } from "../router/objects/wire.ts";

/** The type of the entry that holds the address of an object whose name is too long to be known. */
const addressType = "_nasc_address";
const key = "own";

/** Which instance an object is of: the one that its name says or, if that is too long, the first that it was asked for. */
export class ObjectAddress {
  readonly #name: string | undefined;
  readonly #store: Adapter;
  #known: string | undefined;

  constructor(name: string | undefined, store: Adapter) {
    this.#name = name;
    this.#store = store;
  }

  /** Returns whether this is the object of an instance. */
  async is(address: Address): Promise<boolean> {
    const name = objectName(address);
    return (this.#known ??= this.#name ?? await this.#stored(name)) === name;
  }

  async #stored(name: string): Promise<string> {
    const entry = await this.#store.get(addressType, key);
    if (typeof entry?.value === "string") return entry.value;
    await this.#store.commit([{ type: addressType, key, value: name }]);
    return name;
  }
}
