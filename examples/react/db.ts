/** What the server sends is mirrored into this store, which React reads. */
import { Ramify, type RamifyStore, type Schema } from "rian";
import { connect, type Connection } from "rian/client";
import type { handlers, Party } from "./handlers.ts";

/** A collection for each type of instances: the state, with the id as its primary key. */
type Definition = {
  readonly Party: Schema<Party & { readonly id: string }, "id">;
};

export const db: RamifyStore<Definition> = new Ramify().createStore<Definition>({
  Party: { primaryKey: "id" },
});

export const connection: Connection<typeof handlers> = connect<typeof handlers>({ into: db });
