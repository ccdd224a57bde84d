import { having, naWaiting } from "../page/attributes.ts";
import type { Message } from "../processor/message.ts";
import { all, attribute, call, set } from "./dom.ts";
import { randomId } from "./random-id.ts";
import type { WaitOptions } from "./wait-after.ts";
import type { OpenOutbox, Waiting } from "./waiting.ts";

/** How the events of a page are kept. */
export interface Keeping {
  /** Whose events they are. With a user, they outlive the tab. */
  readonly user?: string | undefined;
  /** Where the router is. */
  readonly baseUrl?: string | undefined;
  readonly root?: ParentNode | undefined;
  /** Asks a person. */
  readonly confirm?: ((question: string) => boolean | Promise<boolean>) | undefined;
}

/** This page, among those that store their events in the same place. */
const tab = randomId();
let last = 0;
const mount = "mount";

/**
 * The events of a page without an answer. Each is stored in the call that makes it: a page may be left in the same
 * task. What takes longer is a module of its own, which is loaded where something was left or somebody is named.
 */
export class Kept {
  /** Resolves once what was left is on its way; `undefined` if nothing was. */
  isOpening: Promise<void> | undefined;
  /** For how many milliseconds the server remembers an event. */
  receiptTtl = 86_400_000;
  readonly #options: Keeping & WaitOptions;
  readonly #waiting = new Set<Waiting>();
  readonly #storage: Storage | undefined;
  /** What the names of this user's events begin with. */
  readonly #space: string;
  #loading: Promise<OpenOutbox | undefined> | undefined;
  #opened: OpenOutbox | undefined;
  #resend: ((message: Message, kept: Pick<Waiting, "name" | "until">) => void) | undefined;

  constructor(options: Keeping & WaitOptions) {
    const { user = "", baseUrl = "/nasc" } = options;
    this.#options = options;
    this.#space = `rian-outbox/${encodeURIComponent(baseUrl)}/${encodeURIComponent(user)}/`;
    try {
      // A page of plain HTTP has no locks, by which tabs tell whose events are whose.
      if (user && navigator.locks) this.#storage = localStorage;
      // Frames of one tab share it, and nothing tells those of one from those of another.
      else if (top === self) this.#storage = sessionStorage;
    } catch {
      // Without storage, events wait in memory.
    }
  }

  /** How many events wait. */
  get count(): number {
    return this.#waiting.size;
  }

  /** How many characters wait. */
  get length(): number {
    return [...this.#waiting].reduce((length, { text }) => length + text.length, 0);
  }

  /** Takes up what was left, if anything: `resend` sends it. */
  open(resend: (message: Message, kept: Pick<Waiting, "name" | "until">) => void): void {
    const { user, root = document } = this.#options;
    this.#resend = resend;
    const isLeft = this.names().some((name) => !name.startsWith(this.#space + tab));
    if (!isLeft && !user && !all(root, having(naWaiting))[0]) return;
    const opening = this.#load();
    if (isLeft) this.isOpening = opening.then((opened) => opened?.ready);
  }

  /** The names of this user's events, of all tabs. */
  names(): string[] {
    return Object.keys(this.#storage ?? {}).filter((name) => name.startsWith(this.#space));
  }

  /** Stores an event and returns its name, if there is room. */
  keep(text: string): string | undefined {
    const name = `${this.#space}${tab}/${this.#options.clock.now()}.${++last}`;
    return this.#write(name, text) ? name : undefined;
  }

  /** Counts an event, until it is removed. */
  add(entry: Waiting): void {
    this.#waiting.add(entry);
    this.#opened?.changed();
    if (!entry.name) void this.#load();
  }

  /** Notes that an event is sent: from then on it may have been applied. */
  try(entry: Waiting): void {
    if (entry.until || entry.message.event === mount) return;
    entry.until = this.#options.clock.now() + 0.9 * this.receiptTtl;
    if (entry.name) this.#write(entry.name, entry.until + entry.text);
  }

  /** Returns whether this page is still to send an event. */
  isMine(entry: Waiting): boolean {
    if (entry.message.event === mount) return true;
    return this.#waiting.has(entry) && (!entry.name || this.#storage!.getItem(entry.name) !== null);
  }

  /** Forgets an event that is answered. */
  remove(entry: Waiting): void {
    this.#waiting.delete(entry);
    if (entry.name) this.#storage!.removeItem(entry.name);
    this.#opened?.changed();
  }

  /** Forgets all events of this user, which are sent no more. */
  forget(): void {
    for (const name of this.names()) this.#storage!.removeItem(name);
    this.#waiting.clear();
    this.#opened?.changed();
  }

  #write(name: string, text: string): boolean {
    try {
      this.#storage!.setItem(name, text);
      return true;
    } catch {
      return false;
    }
  }

  async #load(): Promise<OpenOutbox | undefined> {
    const resend = this.#resend;
    return resend && await (this.#loading ??= import("./outbox-store.ts").then(({ openOutbox }) => {
      this.#opened = openOutbox({
        ...{ all, attribute, call, having, naWaiting, set, tab },
        ...this.#options,
        space: this.#space,
        storage: this.#storage,
        waiting: this.#waiting,
        resend,
      });
      return this.#opened;
    }, () => undefined));
  }
}
