import { naInstance, naScope, naType } from "../page/attributes.ts";
import type { Level } from "../page/evaluate.ts";
import { parseValue, pathsIn } from "../page/value.ts";
import type { Address } from "../processor/address.ts";
import type { MarkupElement } from "./markup/element.ts";
import { paint, type Painting, type Segment } from "./painting.ts";
import { attempt, attributeOf, refuse, type Source, type Surroundings, textOf } from "./place.ts";
import { readingOf } from "./reading.ts";
import type { StartTag } from "./start-tag.ts";

/** What a scope is compiled with. */
interface ScopeOptions<Compiled extends { readonly tag: StartTag }> {
  readonly around: Surroundings;
  /** Compiles its start tag, with what it shows of a state or without. */
  readonly compileAs: (isScoped: boolean) => Compiled;
  /** Compiles all of it, once its start tag is complete. */
  readonly content: (compiled: Compiled) => readonly Segment[];
}

/** Returns whether an element shows an instance of its own. */
export function isScope(element: MarkupElement): boolean {
  return Boolean(attributeOf(element, naScope) ?? attributeOf(element, naInstance));
}

/** Returns where the braces of a scope's own attributes are read: outside of it. */
export function outerOf({ outer }: Painting, level: Level): Level {
  return outer ?? level;
}

/** Returns what writes a scope: with the state of its instance, or as it stands, if there is none. */
export function scopeSegments<Compiled extends { readonly tag: StartTag }>(
  source: Source,
  element: MarkupElement,
  { around, compileAs, content }: ScopeOptions<Compiled>,
): Segment[] {
  const { addressOf, write } = addressing(source, element, around);
  const segmentsFor = (isScoped: boolean) => {
    const compiled = compileAs(isScoped);
    if (write) {
      compiled.tag.add(write.name, (_, { outer, painting }) => write.read(outer, painting));
    }
    return content(compiled);
  };
  const withState = segmentsFor(true);
  const without = segmentsFor(false);
  return [(painting, level) => {
    const address = addressOf(level, painting);
    const state = address && painting.stateOf(address);
    const { outer, rowsFrom, address: around, choice } = painting;
    painting.outer = level;
    painting.rowsFrom = painting.rows.length;
    painting.address = address;
    painting.choice = undefined;
    paint(state ? withState : without, painting, {
      value: state,
      above: undefined,
      locals: painting.locals,
    });
    Object.assign(painting, { outer, rowsFrom, address: around, choice });
  }];
}

/** Returns what finds the address of a scope, and what writes its name if that has braces. */
function addressing(source: Source, element: MarkupElement, { isInRow, depth }: Surroundings): {
  addressOf(level: Level, painting: Painting): Address | undefined;
  readonly write: {
    readonly name: string;
    read(level: Level, painting: Painting): string;
  } | undefined;
} {
  const scoped = attributeOf(element, naScope);
  const { name } = scoped ?? attributeOf(element, naInstance)!;
  const text = textOf(source, element, scoped ? naScope : naInstance)!;
  const type = scoped ? textOf(source, element, naType) : undefined;
  if (!text.includes("{{")) {
    const address = split(text, type);
    return { addressOf: () => address, write: undefined };
  }
  if (type?.includes("{{") || !type && !/^[^{]*:/.test(text)) {
    refuse(
      source,
      element.start,
      `the type in ${name}="${text}" is not the page's own; write it out, and only the id in braces`,
    );
  }
  const reading = attempt(source, () => {
    const value = parseValue(text);
    const isReadable = isInRow || pathsIn(value).every(({ isLocal }) => isLocal);
    if (!isReadable) source.report("unfilled", name, text, "rows");
    return isReadable ? readingOf(value, text, depth) : undefined;
  });
  if (!reading) return { addressOf: () => undefined, write: undefined };
  const read = (level: Level, painting: Painting) => String(reading.read(level, painting));
  return {
    addressOf: (level, painting) => split(read(level, painting), type),
    write: { name, read },
  };
}

function split(name: string, typed: string | undefined): Address | undefined {
  const colon = name.indexOf(":");
  const type = typed || name.slice(0, Math.max(0, colon));
  const id = typed ? name : name.slice(colon + 1);
  return type === "" || type.includes(":") || id === "" ? undefined : { type, id };
}
