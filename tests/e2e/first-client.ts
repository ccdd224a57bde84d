/**
 * A browser client that speaks the protocol of the first Nasc: a stream by `clientId`, an array of patches a message,
 * events by POST, whose answers it ignores. It shows text, checkboxes and lists, and nothing else.
 */
export const firstClient = `
const idInStorage = localStorage.getItem("nascClientId");
const clientId = idInStorage || Math.random().toString(36).slice(2);
localStorage.setItem("nascClientId", clientId);
window.errors = [];

function post(message) {
  return fetch("/nasc/event", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...message, clientId }),
  });
}

// Later pages have a type of its own, earlier ones write it into the scope.
function nameOf(scope) {
  const type = scope.getAttribute("na-type");
  return { instance: scope.getAttribute("na-scope"), ...(type && { type }) };
}

function fill(element, value) {
  if (element.type === "checkbox") element.checked = Boolean(value);
  else if ("value" in element && element.tagName !== "LI") element.value = value ?? "";
  else if (!Array.isArray(value)) element.textContent = value ?? "";
}

function rows(template, items) {
  const list = template.parentElement;
  for (const row of list.querySelectorAll("[na-key-val]")) row.remove();
  for (const item of items) {
    const row = template.content.firstElementChild.cloneNode(true);
    row.setAttribute("na-key-val", item[template.getAttribute("na-key")]);
    for (const bound of row.querySelectorAll("[na-bind]")) fill(bound, item[bound.getAttribute("na-bind")]);
    for (const sender of row.querySelectorAll("[data-id]")) sender.dataset.id = item.id;
    list.insertBefore(row, template);
  }
}

function show({ action, instance, prop, value, message }) {
  if (action === "error") window.errors.push(message);
  if (action !== "bindUpdate") return;
  for (const scope of document.querySelectorAll('[na-scope="' + instance + '"]')) {
    for (const bound of scope.querySelectorAll('[na-bind="' + prop + '"],[name="' + prop + '"]')) {
      if (!bound.closest("[na-key-val]")) fill(bound, value);
    }
    for (const template of scope.querySelectorAll('template[na-each="' + prop + '"]')) rows(template, value);
  }
}

const stream = new EventSource("/nasc/stream?clientId=" + encodeURIComponent(clientId));
stream.onopen = () => {
  for (const scope of document.querySelectorAll("[na-scope]")) {
    post({ event: "mount", ...nameOf(scope), payload: {} });
  }
};
stream.onmessage = ({ data }) => JSON.parse(data).forEach(show);
stream.onerror = () => window.isOver = stream.readyState === EventSource.CLOSED;

document.addEventListener("click", (event) => {
  const sender = event.target.closest("[na-click]");
  if (!sender) return;
  event.preventDefault();
  post({ event: sender.getAttribute("na-click"), ...nameOf(sender.closest("[na-scope]")), payload: { ...sender.dataset } });
});
document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  post({
    event: form.getAttribute("na-submit"),
    ...nameOf(form.closest("[na-scope]")),
    payload: Object.fromEntries(new FormData(form)),
  });
});
`;
