import type { SqliteConstructor } from "./sqlite-handle.ts";

/** What is used of the runtime's own modules. */
interface BuiltinModules {
  "node:fs": FileSystem;
  "node:module": { createRequire(url: string): (name: string) => unknown };
  "node:path": { resolve(path: string): string };
  "node:sqlite": { DatabaseSync: SqliteConstructor };
}

/** What is used of the file system. */
export interface FileSystem {
  /** Returns what a path leads to, or `undefined` if that is nothing. */
  statSync(
    path: string,
    options: { readonly bigint: true; readonly throwIfNoEntry: false },
  ): { readonly dev: bigint; readonly ino: bigint } | undefined;
}

/** Returns a module of the runtime if it has it. An import would make bundlers look for it, for a browser too. */
export function builtinModule<Name extends keyof BuiltinModules>(
  name: Name,
): BuiltinModules[Name] | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): BuiltinModules[Name] | undefined };
  };
  return process?.getBuiltinModule?.(name);
}
