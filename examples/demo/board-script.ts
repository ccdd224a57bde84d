/** What the board's page does beyond its attributes, which works without: see the comment in it. */
export const boardScript: string =
  `// Everything works without this file, but for dragging. It does what HTML and the client's attributes cannot say.
const lists = document.querySelector(".lists");
const cardOf = (node) => node?.closest?.("[data-card]");

// A card that goes to another list is a new element there. Whoever moves it stays on it.
let followed;
function follow(event) {
  followed = undefined;
  const { activeElement } = document;
  const card = cardOf(activeElement);
  const isMove = event.type === "keydown" ? event.shiftKey && event.key.startsWith("Arrow") : wayOf(event.target);
  if (!card || !isMove) return;
  const way = wayOf(activeElement);
  followed = {
    card,
    id: CSS.escape(card.dataset.card),
    isOpen: card.querySelector("details").open,
    selector: way ? "[na-click=" + way + "]" : "summary",
  };
}
function wayOf(node) {
  return node.closest("[na-click^=move_]")?.getAttribute("na-click");
}
for (const type of ["pointerdown", "click", "keydown"]) addEventListener(type, follow, true);
new MutationObserver(() => {
  if (!followed || followed.card.isConnected) return;
  const card = lists.querySelector('[data-card="' + followed.id + '"]');
  if (!card) return;
  followed.card = card;
  card.querySelector("details").open = followed.isOpen;
  card.querySelector(followed.selector).focus();
}).observe(lists, { childList: true, subtree: true });

// What is open closes once it is done with, and by Escape.
function close(details) {
  if (!details?.open) return;
  const hadFocus = details.contains(document.activeElement);
  details.open = false;
  if (hadFocus) details.querySelector("summary").focus();
}
addEventListener("na:accepted", ({ target }) => {
  if (target.matches?.("form")) close(target.closest("details"));
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape") close(document.activeElement.closest("details"));
});

// Dragging fills in a form of the page, which says before which card the dragged one goes, and submits it.
let dragged;
lists.addEventListener("dragstart", (event) => {
  dragged = cardOf(event.target);
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.card);
  dragged.classList.add("dragged");
});
lists.addEventListener("dragover", (event) => {
  const place = dragged && placeOf(event);
  mark(place);
  if (place) event.preventDefault();
});
lists.addEventListener("drop", (event) => {
  const place = dragged && placeOf(event);
  if (!place) return;
  event.preventDefault();
  const form = document.querySelector("#place");
  form.elements.id.value = dragged.dataset.card;
  form.elements.list.value = place.list.dataset.list;
  form.elements.before.value = place.before?.dataset.card ?? "";
  form.requestSubmit();
});
addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged = undefined;
  mark();
});

function placeOf({ target, clientY }) {
  const list = target.closest("[data-list]");
  if (!list) return undefined;
  const cards = [...list.querySelectorAll("[data-card]")].filter((card) => card !== dragged);
  const before = cards.find((card) => {
    const { top, height } = card.getBoundingClientRect();
    return clientY < top + height / 2;
  });
  return { list, before };
}

function mark(place) {
  for (const element of lists.querySelectorAll(".drop")) element.classList.remove("drop");
  (place?.before ?? place?.list.querySelector(".add"))?.classList.add("drop");
}
`;
