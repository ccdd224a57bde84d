import { one, refuse, ScriptedServer } from "./support.ts";

/** Returns a server with one user, whose events are accepted or refused. */
export function profile(): ScriptedServer {
  return new ScriptedServer({ "User:u": { name: "Ada", city: "Cork", done: false, size: "s" } }, {
    User: {
      save: ({ name }, state) =>
        name === "bad" ? refuse("invalid", "Not that name") : { ...state, name: `${name}`.trim() },
      toggle: (_, state) => ({ ...state, done: !state["done"] }),
      refuse: () => refuse("forbidden", "Not yours"),
      choose: ({ size }, state) => ({ ...state, size }),
    },
  });
}

/** A form that edits that user. */
export const form =
  `<form na-bind na-scope="u" na-type="User" na-submit="save"><input name="name"><input name="city">
  <p na-error></p><button>Save</button><button type="reset">Reset</button></form>`;

/** Returns one of its fields. */
export function field(name: string): HTMLInputElement {
  return one<HTMLInputElement>(`[name=${name}]`);
}
