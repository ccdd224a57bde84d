import { hasMethods, type Kind } from "../../shared/kinds.ts";

/** The kind of an adapter. */
export const adapterKind: Kind = {
  fits: (value) => hasMethods(value, "get", "list", "commit"),
  cure: "an adapter, such as new SqliteStore(path)",
  isRequired: true,
};
