/** What is stored: about 1,000 bytes of JSON, with the kinds of values that a document of an application has. */
export interface Document {
  readonly id: string;
  readonly name: string;
  readonly count: number;
  readonly active: boolean;
  readonly score: number;
  readonly manager: null;
  readonly created: string;
  readonly tags: readonly string[];
  readonly address: { readonly street: string; readonly city: string; readonly zip: string };
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly notes: string;
}

const sentence = "The quick brown fox jumps over the lazy dog, and the dog does not mind at all. ";

/** The id of the document with this number; ids sort as their numbers do. */
export function idOf(index: number): string {
  return `document-${String(index).padStart(6, "0")}`;
}

/** The document with this number. */
export function documentOf(index: number): Document {
  return {
    id: idOf(index),
    name: `Customer ${index}`,
    count: 0,
    active: index % 3 === 0,
    score: index / 7,
    manager: null,
    created: "2026-11-21T10:00:00.000Z",
    tags: ["retail", "north", `group-${index % 17}`],
    address: { street: `${index % 200} Patrick Street`, city: "Cork", zip: `T12 ${index % 1_000}` },
    lines: [1, 2, 3, 4, 5].map((line) => ({ sku: `sku-${index}-${line}`, quantity: line })),
    notes: sentence.repeat(6).slice(0, 460),
  };
}

/** The document as an application would change it. */
export function changed(document: Document): Document {
  return { ...document, count: document.count + 1 };
}

/** Values as text: `JSON`, or devalue, which keeps the types that JSON changes, as an adapter does. */
export interface Codec {
  stringify(value: unknown): string;
  parse(text: string): unknown;
}
