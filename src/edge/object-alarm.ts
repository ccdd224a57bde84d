import type { AlarmStorage } from "./platform.ts";

/** The alarm of an object, of which there is one: it rings at the earliest of the times that are asked for. */
export class ObjectAlarm {
  readonly #storage: AlarmStorage;
  /** When it rings, as far as is known. */
  #time = Infinity;
  /** How many times it was set. */
  #sets = 0;

  constructor(storage: AlarmStorage) {
    this.#storage = storage;
  }

  /** Finds out when it rings. */
  async load(): Promise<void> {
    const sets = this.#sets;
    const time = await this.#storage.getAlarm() ?? Infinity;
    // What was set meanwhile is newer.
    if (sets === this.#sets) this.#time = time;
  }

  /** Notes that it has rung, and is not set any more. */
  rung(): void {
    this.#time = Infinity;
  }

  /** Lets it ring at a time at the latest. What is written in the same turn is stored with it, or neither is. */
  by(time: number): void {
    if (time < this.#time) this.#set(time);
    else this.#look(time).catch(() => {});
  }

  /** Sets it if somebody has deleted it, as `deleteAll` does. */
  async #look(time: number): Promise<void> {
    await this.load();
    if (time < this.#time) this.#set(time);
  }

  #set(time: number): void {
    this.#time = time;
    this.#sets++;
    // Where it fails, so does all that is written with it.
    this.#storage.setAlarm(time).catch(() => {});
  }
}
