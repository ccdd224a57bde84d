import type { Clock } from "../../src/shared/clock.ts";
import { blocked, closedWhileAway, connectionLost, nameOf } from "./errors.ts";
import { openEntries } from "./schema.ts";
import { type Ask, leftWhileReading, type Running, transact } from "./transaction.ts";

/** After how many milliseconds a database that does not open is reported. */
const patience = 3_000;

/** The names of errors with which browsers end a transaction because they close its connection, or soon will. */
const endings: ReadonlySet<unknown> = new Set(["AbortError", "InvalidStateError", "UnknownError"]);

/** What a {@link Connection} is made of. */
export interface ConnectionOptions {
  readonly factory: IDBFactory;
  /** The name of the database. */
  readonly name: string;
  readonly clock: Clock;
  /** Receives why opening takes so long. */
  readonly onBlocked: (problem: Error) => void;
}

/**
 * The connection to a database. It opens at the first use, and again after the browser has closed it, which browsers do
 * when site data is cleared, when another tab deletes the database, and, in Safari, at any time.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #running: Map<Running<unknown>, IDBDatabase> = new Map();
  #database: IDBDatabase | undefined;
  #opening: Promise<IDBDatabase> | undefined;
  /** While the page is away: resolves when it is back, or the store is closed. */
  #away: Promise<void> | undefined;
  #return: (() => void) | undefined;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /**
   * Asks a transaction, once more if the connection turns out to be closed. With an open connection, the first requests
   * are made before the call returns.
   */
  async transact<Result>(mode: "readonly" | "readwrite", ask: Ask<Result>): Promise<Result> {
    for (let isRepeat = false;;) {
      if (this.#away) await this.#whenBack(this.#away);
      const database = this.#database ?? await this.#open();
      // The page may have gone away while the database was opened.
      if (this.#away) continue;
      try {
        return await this.#run(database, { mode, isRepeat, ask });
      } catch (error) {
        if (error === leftWhileReading) continue;
        if (this.#away || !endings.has(nameOf(error))) throw error;
        this.#lose(database);
        if (isRepeat) throw connectionLost(this.#options.name, error);
        isRepeat = true;
      }
    }
  }

  /** Ends every transaction that is not being committed. What reads begins anew after {@link resume}. */
  suspend(): void {
    this.#away ??= new Promise((resolve) => this.#return = resolve);
    for (const { leave } of this.#running.keys()) leave();
  }

  /** Lets the calls begin that waited. */
  resume(): void {
    this.#away = undefined;
    this.#return?.();
  }

  /** Refuses the calls that wait for the page to come back. */
  refuseWaiting(): void {
    this.#isClosed = true;
    this.#return?.();
  }

  /** Closes the database, if it is open. */
  close(): void {
    this.#database?.close();
  }

  #run<Result>(
    database: IDBDatabase,
    call: {
      readonly mode: "readonly" | "readwrite";
      readonly isRepeat: boolean;
      readonly ask: Ask<Result>;
    },
  ): Promise<Result> {
    const running = transact(database, { ...call, onEnd: () => this.#running.delete(running) });
    this.#running.set(running, database);
    return running.result;
  }

  async #whenBack(away: Promise<void>): Promise<void> {
    await away;
    if (this.#isClosed) throw closedWhileAway();
  }

  #open(): Promise<IDBDatabase> {
    return this.#opening ??= this.#openNow().finally(() => this.#opening = undefined);
  }

  async #openNow(): Promise<IDBDatabase> {
    const { factory, name, clock, onBlocked } = this.#options;
    const timer = clock.setTimeout(() => onBlocked(blocked(name)), patience);
    try {
      const database = await openEntries(factory, name).catch((error) => {
        // What ends the connections of a site ends those that are being opened, too.
        if (endings.has(nameOf(error))) return openEntries(factory, name);
        throw error;
      });
      database.onclose = () => this.#lose(database);
      // Another tab deletes the database, or a newer version of the application upgrades it, and waits for this one.
      database.onversionchange = () => this.#drop(database);
      return this.#database = database;
    } finally {
      clock.clearTimeout(timer);
    }
  }

  /** Drops a connection with all that runs on it, of which the browser may never tell the end. */
  #lose(database: IDBDatabase): void {
    this.#drop(database);
    for (const [{ giveUp }, on] of [...this.#running]) if (on === database) giveUp();
  }

  /** Forgets a connection, so the next call opens another one. */
  #drop(database: IDBDatabase): void {
    database.close();
    if (this.#database === database) this.#database = undefined;
  }
}
