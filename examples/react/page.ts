/** The page: React shows a party, and everyone who has it open sees the same. */
import {
  createElement as h,
  Fragment,
  type ReactNode,
  StrictMode,
  useEffect,
  useState,
} from "react";
import { createRoot } from "react-dom/client";
import { useLiveQuery } from "rian/react";
import { connection, db } from "./db.ts";
import type { Dish, Party } from "./handlers.ts";

/** Follows a party while a component shows it. */
function useParty(id: string): Party | undefined {
  useEffect(() => connection.follow("Party", id), [id]);
  return useLiveQuery(() => db.Party.get(id), [id]);
}

function PartyPage({ id }: { readonly id: string }): ReactNode {
  const party = useParty(id);
  if (!party) return h("p", null, "Loading…");
  return h(
    Fragment,
    null,
    h("ul", null, party.dishes.map((dish) => h(Row, { key: dish.id, party: id, dish }))),
    h(NewDish, { party: id }),
  );
}

function Row({ party, dish }: { readonly party: string; readonly dish: Dish }): ReactNode {
  const vote = () => void connection.send("Party", party, "vote", { id: dish.id });
  return h(
    "li",
    null,
    h("span", null, dish.name),
    h("button", { onClick: vote, "aria-label": `Vote for ${dish.name}` }, `♥ ${dish.votes}`),
  );
}

function NewDish({ party }: { readonly party: string }): ReactNode {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");

  async function add(): Promise<void> {
    const result = await connection.send("Party", party, "add", { name });
    setProblem(result.ok ? "" : result.error.message);
    if (result.ok) setName("");
  }

  return h(
    "form",
    { action: add },
    h(
      "label",
      null,
      "You bring",
      h("input", { value: name, onChange: (event) => setName(event.currentTarget.value) }),
    ),
    h("button", null, "Add"),
    h("p", { role: "alert" }, problem),
  );
}

const party = new URLSearchParams(location.search).get("party") ?? "picnic";
createRoot(document.querySelector("main")!).render(
  h(StrictMode, null, h(PartyPage, { id: party })),
);
