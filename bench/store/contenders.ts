import type { Contender } from "./contender.ts";
import { lokijs } from "./contenders/lokijs.ts";
import { minimongo } from "./contenders/minimongo.ts";
import { raw } from "./contenders/raw.ts";
import { rian } from "./contenders/rian.ts";
import { signaldb } from "./contenders/signaldb.ts";
import { tanstack } from "./contenders/tanstack.ts";
import { tinybase } from "./contenders/tinybase.ts";

/** Every contender by the start of its name; a peer that is not installed loads as `undefined`. */
const loaders: Record<string, () => Promise<Contender | undefined>> = {
  Rian: () => Promise.resolve(rian),
  "raw Map": () => Promise.resolve(raw),
  TinyBase: tinybase,
  LokiJS: lokijs,
  "TanStack DB": tanstack,
  SignalDB: signaldb,
  minimongo,
};

/** Loads the contenders in the order of the table: all that are installed, or those with a name that starts so. */
export async function contendersOf(starts: readonly string[] = [""]): Promise<Contender[]> {
  const names = Object.keys(loaders).filter((name) =>
    starts.some((start) => name.startsWith(start))
  );
  const contenders = await Promise.all(names.map((name) => loaders[name]!()));
  return contenders.filter((each) => each !== undefined);
}
