import fc from "fast-check";
import { type Node, parse } from "parse5";
import { renderPage } from "rian/ssr";
import { expect, test } from "vitest";

type State = Record<string, unknown>;

const texts = fc.constantFrom(
  "a",
  " b ",
  "&lt;",
  "<!-- c -->",
  "<br>",
  "é\n",
  "1 &amp; 2",
  "{{x}}",
);
const values = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    0,
    "",
    [],
    {},
    "x",
    "a\"<b>&amp;'",
    "</script>",
    "\n\n",
    "__proto__",
  ),
  fc.string({ maxLength: 4, unit: fc.constantFrom("a", "<", ">", '"', "&", "\n", ";") }),
  fc.integer(),
);
const names = ["x", "y", "z"] as const;
const name = fc.constantFrom(...names);

const item = fc.record({
  id: fc.integer({ min: 0, max: 99 }),
  x: values,
  y: values,
  rows: fc.constant([]),
});
const state = fc.record(
  { x: values, y: values, z: values, rows: fc.array(item, { maxLength: 3 }) },
  { requiredKeys: [] },
);

const attribute = fc.oneof(
  name.map((name) => `na-show="!${name}"`),
  name.map((name) => `na-show=${name} hidden`),
  name.map((name) => `class='a b' na-class="on b: ${name}; a: !${name}"`),
  name.map((name) => `NA-CLASS="on: ${name}=x"`),
  name.map((name) => `title=t na-attr="title: ${name}; data-${name}: [{{${name}}}]"`),
  fc.constantFrom("id=i ID=j", "a/b", 'x = "1>2"', "data-na-x", "y='<p na-bind=x>'", ""),
);
const attributes = fc.array(attribute, { maxLength: 2 }).map((all) => ["", ...all].join(" "));

/** Pieces of pages, with what may be left out left out. */
const { piece } = fc.letrec<{ piece: string }>((tie) => {
  const inner = fc.array(tie("piece"), { maxLength: 3 }).map((all) => all.join(""));
  const bound = fc.tuple(fc.constantFrom("b", "i", "span", "em"), attributes, name, texts);
  return {
    piece: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      texts,
      bound.map(([tag, more, name, text]) => `<${tag}${more} na-bind="${name}">${text}</${tag}>`),
      fc.tuple(attributes, inner).map(([more, inner]) => `<div${more}>${inner}</div>`),
      fc.tuple(attributes, inner).map(([more, inner]) => `<section${more}>${inner}</SECTION >`),
      fc.tuple(attributes, texts, texts).map(([more, one, two]) =>
        `<ul><li${more}>${one}<li>${two}</ul>`
      ),
      fc.tuple(attributes, texts).map(([more, text]) => `<div><p${more}>${text}</div>`),
      fc.tuple(attributes, texts).map(([more, text]) =>
        `<table><tbody><tr${more}><td>${text}<td${more}>2<tr><th>3</table>`
      ),
      fc.tuple(attributes, name, texts).map(([more, name, text]) =>
        `<svg><g${more} /><text na-bind="${name}">${text.replace("<br>", "<g/>")}</text></svg>`
      ),
      fc.tuple(attributes, inner).map(([more, inner]) =>
        `<div><template na-each="rows" na-key="id"> <div${more} id="r{{id}}">${inner}</div>, <i na-bind="../x"></i> </template></div>`
      ),
      fc.tuple(name, inner).map(([name, inner]) =>
        `<div><template na-if="${name}"><div>${inner}</div></template></div>`
      ),
      fc.constantFrom(
        "<script>'<b na-bind=x></b>'</script>",
        "<style><b na-bind=x></style>",
        "<textarea><b na-bind=x></textarea>",
        "<template><b na-bind=x></b></template>",
        "</b>",
        "<!x>",
      ),
    ),
  };
});

/** An element in a page, without what a browser makes of it. */
interface Plain {
  readonly tag: string;
  readonly attributes: Record<string, string>;
  children: (Plain | string)[];
}

function plain(node: Node): (Plain | string)[] {
  if (node.nodeName === "#text") return [node.value!];
  if (!node.tagName) return [];
  return [{
    tag: node.tagName,
    attributes: Object.fromEntries(node.attrs!.map(({ name, value }) => [name, value])),
    children: joined((node.content ?? node).childNodes!.flatMap(plain)),
  }];
}

function joined(children: (Plain | string)[]): (Plain | string)[] {
  const found: (Plain | string)[] = [];
  for (const child of children) {
    const last = found.at(-1);
    if (typeof child === "string" && typeof last === "string") {
      found[found.length - 1] = last + child;
    } else if (child !== "") found.push(child);
  }
  return found;
}

/** Binds a page as the vocabulary says, in the simplest way: one tree, from the outside in. */
class Model {
  readonly #levels: State[];
  readonly #isInRow: boolean;

  constructor(levels: State[], isInRow = false) {
    this.#levels = levels;
    this.#isInRow = isInRow;
  }

  #read(text: string): unknown {
    const up = text.split("../").length - 1;
    const level = this.#levels[up]!;
    const name = text.replaceAll("../", "");
    return Object.hasOwn(level, name) ? level[name] : undefined;
  }

  #isTrue(text: string): boolean {
    if (text.startsWith("!")) return !this.#isTrue(text.slice(1));
    if (text.includes("=")) {
      const [name, wanted] = text.split("=");
      return shown(this.#read(name!)) === wanted;
    }
    const value = this.#read(text);
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  }

  bind(element: Plain): (Plain | string)[] {
    const { tag, attributes } = element;
    const each = attributes["na-each"];
    const condition = attributes["na-if"];
    if (tag === "template") {
      if (each) {
        const rows = (this.#read("rows") ?? []) as State[];
        return [
          ...rows.flatMap((row) =>
            this.#row(element, new Model([row, ...this.#levels], true), {
              "na-key-val": `${row["id"]}`,
            })
          ),
          element,
        ];
      }
      if (!condition || !this.#isTrue(condition)) return [element];
      return [...this.#row(element, new Model(this.#levels, true), { "na-if-row": "" }), element];
    }
    const own = { ...attributes };
    for (const [name, value] of Object.entries(own)) {
      if (this.#isInRow && value.includes("{{") && !name.startsWith("na-")) {
        own[name] = value.replaceAll(/\{\{(\w+)\}\}/g, (_, path) => shown(this.#read(path)));
      }
    }
    for (const [name, value] of pairs(attributes["na-attr"])) {
      const filled = value.startsWith("[")
        ? value.replace(/\{\{(\w+)\}\}/, (_, path) => shown(this.#read(path)))
        : this.#read(value);
      if (filled === true && !/^data-/.test(name)) own[name] = "";
      else if (filled === false || filled == null || typeof filled === "object") delete own[name];
      else own[name] = String(filled);
    }
    for (const [classes, value] of pairs(attributes["na-class"])) {
      const list = new Set((own["class"] ?? "").split(/\s+/).filter(Boolean));
      for (const each of classes.split(" ")) list[this.#isTrue(value) ? "add" : "delete"](each);
      if (list.size > 0 || own["class"] !== undefined) own["class"] = [...list].join(" ");
    }
    const show = attributes["na-show"];
    if (show !== undefined) {
      if (this.#isTrue(show)) delete own["hidden"];
      else own["hidden"] = "";
    }
    const text = attributes["na-bind"];
    const value = text === undefined ? undefined : this.#read(text);
    const children = value === undefined
      ? element.children.flatMap((child) => typeof child === "string" ? [child] : this.bind(child))
      : [shown(value)];
    return [{ tag, attributes: own, children: joined(children) }];
  }

  #row(template: Plain, model: Model, mark: Record<string, string>): (Plain | string)[] {
    return template.children.flatMap((child) => {
      if (typeof child === "string") return [];
      const bound = model.bind(child);
      const itself = bound.at(-1) as Plain;
      return [...bound.slice(0, -1), {
        ...itself,
        attributes: { ...itself.attributes, ...mark },
      }];
    });
  }
}

function pairs(text = ""): [string, string][] {
  return text.split("; ").filter(Boolean).map((each) => each.split(": ") as [string, string]);
}

function shown(value: unknown): string {
  return value === undefined || typeof value === "object" ? "" : String(value);
}

function find(nodes: readonly (Plain | string)[]): Plain {
  for (const node of nodes) {
    if (typeof node === "string") continue;
    if (node.attributes["na-scope"]) return node;
    const found = node.tag === "template" ? undefined : find(node.children);
    if (found) return found;
  }
  return undefined as never;
}

const scopeIn = (html: string) => find(parse(html).childNodes!.flatMap(plain));

test("a painted page is what the page is once it is bound", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 5 }), state, async (pieces, state) => {
      const page = `<!doctype html><body><main na-scope="T:1">${pieces.join("")}</main></body>`;
      const painted = await renderPage(page, {
        read: async () => ({ rev: 1, epoch: "e", state }),
        embed: false,
      });
      const [expected] = new Model([state as State]).bind(scopeIn(page));
      expect(scopeIn(painted)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});
