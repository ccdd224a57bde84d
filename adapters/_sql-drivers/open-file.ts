import { builtinModule, type FileSystem } from "./builtin.ts";

/** How often it is looked at the path, in milliseconds. */
const interval = 1_000;

/** A file as it was when it was seen first. */
interface SeenFile {
  readonly path: string;
  readonly what: string;
  identity: Identity;
}

/** Which file a path leads to: `undefined` for none, `null` where the process may not look. */
type Identity = string | undefined | null;

/**
 * An open database's file, which its path may not lead to any more: what is written then is acknowledged, and gone with
 * the process.
 */
export class OpenFile {
  readonly #files: readonly SeenFile[];
  readonly #fs: FileSystem;
  readonly #now: () => number;
  #seenAt: number;
  #lost: Error | undefined;

  /** `path` leads to the file, with its WAL beside it. */
  constructor(path: string, { fs, now }: { readonly fs: FileSystem; readonly now: () => number }) {
    this.#fs = fs;
    this.#now = now;
    this.#files = [
      { path, what: "the file", identity: undefined },
      { path: `${path}-wal`, what: "the write-ahead log", identity: undefined },
    ];
    for (const file of this.#files) file.identity = this.#identityOf(file.path);
    this.#seenAt = now();
  }

  /**
   * Looks, at most once a second, whether the path still leads to what is open.
   *
   * @throws {Error} from then on if it does not.
   */
  assertThere(): void {
    if (this.#lost) throw this.#lost;
    const now = this.#now();
    if (now >= this.#seenAt && now < this.#seenAt + interval) return;
    for (const file of this.#files) {
      const identity = this.#identityOf(file.path);
      // The log is made by the first write, at the latest.
      file.identity ??= identity;
      if (file.identity === identity || identity === null) continue;
      const fate = identity === undefined ? "deleted" : "replaced";
      this.#lost = new Error(
        `Cannot write to SQLite: ${file.what} ${file.path} was ${fate} while it was open, so what is ` +
          "written would be lost; close this store, put the file in order, and open it again",
      );
      throw this.#lost;
    }
    this.#seenAt = now;
  }

  #identityOf(path: string): Identity {
    try {
      const found = this.#fs.statSync(path, { bigint: true, throwIfNoEntry: false });
      return found && `${found.dev}:${found.ino}`;
    } catch {
      // Deno may allow the database alone to be read.
      return null;
    }
  }
}

/** Returns the file of a path, or `undefined` where there is none, or no way to look at it. */
export function openFileAt(path: string, now: () => number): OpenFile | undefined {
  const fs = builtinModule("node:fs");
  return fs && path !== "" ? new OpenFile(path, { fs, now }) : undefined;
}
