import { connect, type Connection } from "rian/client";
import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { one, render, ScriptedServer } from "./support.ts";

type State = Record<string, unknown>;
type Frame = Window & { transport: unknown; connection: Connection };

/** The names of all members of an object, its prototypes' included. */
function members(object: object | null): string[] {
  if (object === null) return [];
  return [...Object.getOwnPropertyNames(object), ...members(Object.getPrototypeOf(object))];
}

const all: readonly string[] = [
  ...new Set([
    "adults",
    ...members(document.createElement("form")),
    ...members(document.createElement("template")),
    ...members(document),
    ...members(ShadowRoot.prototype),
    // Of a window, what may be called; it has a thousand interfaces besides.
    ...Object.getOwnPropertyNames(window).filter((name) => /^[a-z]/.test(name)),
  ]),
].filter((name) => /^\w+$/.test(name));

/** A page of its own, whose names reach no other: its document may no longer do what it should. */
class OwnPage {
  readonly server: ScriptedServer;
  readonly #iframe: HTMLIFrameElement;

  private constructor(server: ScriptedServer, iframe: HTMLIFrameElement) {
    this.server = server;
    this.#iframe = iframe;
  }

  static async open(markup: string, state: State): Promise<OwnPage> {
    render(`<iframe style="width: 400px; height: 300px"></iframe>`);
    const iframe = one<HTMLIFrameElement>("iframe");
    const server = new ScriptedServer({ "Page:p": state }, {
      Page: { save: (payload, current) => ({ ...current, saved: payload, title: "saved" }) },
    });
    Object.assign(window, { transport: server });
    const loaded = new Promise((resolve) => iframe.addEventListener("load", resolve));
    iframe.srcdoc = `<!doctype html><style>button { position: fixed; top: 0; left: 0 }</style>
      <body><main na-scope="Page:p"><b na-bind="title">?</b>${markup}</main>
      <script type="module">
        import { connect } from "/src/client/mod.ts";
        window.connection = connect({ transport: parent.transport });
      </script>`;
    await loaded;
    return new OwnPage(server, iframe);
  }

  get connection(): Connection {
    return (this.#iframe.contentWindow as Frame).connection;
  }

  /** Where the page is: a form that the browser submits itself leads away. */
  get address(): string {
    return this.#iframe.contentWindow!.location.href;
  }

  all(selector: string): Element[] {
    const document = this.#iframe.contentDocument!;
    return [...Document.prototype.querySelectorAll.call(document, selector)];
  }

  texts(selector: string): string[] {
    return this.all(selector).map(({ textContent }) => textContent ?? "");
  }

  /** Clicks the button in the corner, which no name of an element can hide from the mouse. */
  async click(): Promise<void> {
    await userEvent.click(this.#iframe, { position: { x: 12, y: 12 } });
  }
}

function form(controls: string): string {
  return `<form na-submit="save"><button>Save</button><u na-bind="title"></u>${controls}<s na-bind="title"></s></form>`;
}

const forms: readonly [string, string][] = [
  ["names", form(all.map((name) => `<input type="hidden" name="${name}">`).join(""))],
  [
    "ids",
    form(all.map((name) => `<input type="hidden" id="${name}" ng-bind="${name}">`).join("")),
  ],
  [
    "names that come from the state",
    form(
      `<template na-each="names" na-key="."><input type="hidden" name="{{.}}" value="{{.}}"></template>`,
    ),
  ],
  [
    "names and ids that come from the state, of images and selects",
    form(
      `<template na-each="names" na-key="."><p><img id="{{.}}" alt=""><select name="{{.}}"><option>{{.}}</option></select></p></template>`,
    ),
  ],
];

test.for(forms)(
  "a form works whatever its controls are called: all members of nodes as %s",
  async ([, markup]) => {
    const values = Object.fromEntries(all.map((name) => [name, `value of ${name}`]));
    const page = await OwnPage.open(markup, { ...values, title: "first", names: all });
    await expect.poll(() => page.texts("b, u, s")).toEqual(["first", "first", "first"]);
    const { address } = page;
    await page.click();
    await expect.poll(() => page.server.sent.length).toBe(1);
    const payload = page.server.sent[0]!.payload as State;
    expect(Object.keys(payload).filter((name) => name !== "title").toSorted())
      .toEqual(all.filter((name) => name !== "title").toSorted());
    await expect.poll(() => page.texts("b, u, s")).toEqual(["saved", "saved", "saved"]);
    page.server.change("Page:p", { title: "theirs", names: [...all, "more"].slice(1) });
    await expect.poll(() => page.texts("b, u, s")).toEqual(["theirs", "theirs", "theirs"]);
    page.connection.refresh();
    expect(page.address).toBe(address);
  },
);

test("a form works with each member of nodes as the name of one control alone", async () => {
  const page = await OwnPage.open(
    `<div id="forms">${
      all.map((name) => `<form na-submit="save"><input name="${name}" value="1"></form>`).join("")
    }</div>`,
    { title: "first" },
  );
  const { address } = page;
  for (const [index, form] of page.all("form").entries()) {
    HTMLFormElement.prototype.requestSubmit.call(form as HTMLFormElement);
    await expect.poll(() => Object.keys(page.server.sent.at(index)?.payload ?? {}))
      .toEqual([all[index]]);
  }
  expect(page.address).toBe(address);
});

const named: readonly [string, readonly string[]][] = [
  [`<img name="{{.}}" id="{{.}}" alt="">`, all],
  [`<form name="{{.}}" id="{{.}}"></form>`, all],
  [`<embed name="{{.}}">`, all],
  [`<object name="{{.}}" id="{{.}}"></object>`, all],
  [`<a id="{{.}}" name="{{.}}"></a>`, all],
  // A thousand documents would be slow.
  [`<iframe name="{{.}}"></iframe>`, [
    "importNode",
    "body",
    "readyState",
    "addEventListener",
    "querySelectorAll",
    "getElementById",
    "activeElement",
    "getRootNode",
    "nodeType",
    "contains",
    "ownerDocument",
  ]],
];

test.for(named)(
  "the rows of a page go on whatever they are called: all members as %s",
  async ([row, names]) => {
    const page = await OwnPage.open(
      `<button na-click="save" data-x="1">Save</button>
     <ul><template na-each="names" na-key="."><li>${row}<i na-bind="."></i></li></template></ul>`,
      { title: "first", names: [] },
    );
    expect(page.texts("b")).toEqual(["first"]);
    page.server.change("Page:p", { names });
    await expect.poll(() => page.texts("i")).toEqual(names);
    const reversed = [...names, "more"].reverse();
    page.server.change("Page:p", { names: reversed });
    await expect.poll(() => page.texts("i")).toEqual(reversed);
    page.connection.refresh();
    await page.click();
    await expect.poll(() => page.texts("b")).toEqual(["saved"]);
    expect(page.server.sent.map(({ payload }) => payload)).toEqual([{ x: "1" }]);
    page.server.change("Page:p", { names: ["last"] });
    await expect.poll(() => page.texts("i")).toEqual(["last"]);
  },
);

test("a form that is itself the connected part of the page works whatever its controls are called", async () => {
  const server = new ScriptedServer({ "Page:p": { title: "first" } }, {
    Page: { save: (_, current) => ({ ...current, title: "saved" }) },
  });
  render(
    `<form na-scope="Page:p" na-submit="save"><b na-bind="title"></b>${
      all.map((name) => `<input type="hidden" name="${name}" id="${name}">`).join("")
    }</form>`,
  );
  const root = one("form") as HTMLFormElement;
  const connection = connect({ root, transport: server });
  const title = () => one("b").textContent;
  expect(title()).toBe("first");
  HTMLFormElement.prototype.requestSubmit.call(root);
  await expect.poll(title).toBe("saved");
  connection.close();
});

test("a password stays in the page where the name of another control comes from the state", async () => {
  const page = await OwnPage.open(
    form(
      `<input type="password" name="password" value="secret"><template na-each="names" na-key="."><input name="{{.}}" value="x"></template>`,
    ),
    { title: "first", names: ["getAttribute", "closest", "matches", "children"] },
  );
  const { address } = page;
  await page.click();
  await expect.poll(() => page.server.sent.map(({ payload }) => payload)).toEqual([{
    password: "secret",
    getAttribute: "x",
    closest: "x",
    matches: "x",
    children: "x",
  }]);
  expect(page.address).toBe(address);
});

test("a page with na-connect connects itself whatever its images are called", async () => {
  render(`<iframe></iframe>`);
  const iframe = one<HTMLIFrameElement>("iframe");
  const loaded = new Promise((resolve) => iframe.addEventListener("load", resolve));
  iframe.srcdoc = `<!doctype html><body na-connect>
    ${all.map((name) => `<img name="${name}" alt="">`).join("")}
    <script type="module">
      import { connection } from "/src/client/auto.ts";
      window.connected = connection !== undefined;
      connection?.close();
    </script>`;
  await loaded;
  expect(iframe.contentWindow).toHaveProperty("connected", true);
});

test("a key that is an object, whatever its properties are called, shows its row and all others", async () => {
  const keys: unknown[] = [
    { toString: 1 },
    { toString: null, valueOf: 2 },
    { toJSON: 1 },
    [],
    [{ toString: 1 }],
    null,
    1,
  ];
  const page = await OwnPage.open(
    `<template na-each="rows" na-key="id"><i id="{{id}}" na-bind="text"></i><u na-bind="id"></u></template>`,
    { title: "first", rows: keys.map((id, text) => ({ id, text })) },
  );
  await expect.poll(() => page.texts("b, i")).toEqual(["first", ...keys.map((_, n) => String(n))]);
  page.server.change("Page:p", { rows: [{ id: { toString: 3 }, text: "theirs" }], title: "x" });
  await expect.poll(() => page.texts("b, i")).toEqual(["x", "theirs"]);
});
