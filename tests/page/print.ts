import type { Expression, Path } from "../../src/page/expression.ts";
import type { Fill, NamedValues, Value } from "../../src/page/value.ts";

/** Writes a value as an author would, quoting what needs it. */
export function printValue(value: Value): string {
  return value.path ? printExpression(value) : printFill(value);
}

export function printNamed(values: NamedValues): string {
  return values.map(([name, value]) => `${name}: ${printValue(value)}`).join("; ");
}

export function printExpression({ path, isNegated, comparison, formats }: Expression): string {
  const parts = [isNegated ? "!" : "", printPath(path)];
  if (comparison) {
    const { isEqual, to } = comparison;
    parts.push(isEqual ? "=" : "!=", typeof to === "string" ? quote(to) : printPath(to));
  }
  for (const { name, argument } of formats) {
    parts.push("|", name, ...(argument === undefined ? [] : [":", quote(argument)]));
  }
  return parts.join("");
}

function printFill({ texts, expressions }: Fill): string {
  return texts.map((text, index) => {
    const before = expressions[index - 1];
    return before ? `{{${printExpression(before)}}}${text}` : text;
  }).join("");
}

function printPath({ up, isLocal, names }: Path): string {
  return "../".repeat(up) + (isLocal ? "@" : "") + (names.join(".") || ".");
}

function quote(text: string): string {
  return /^[\w ]*\w$/.test(text) && text === text.trim() ? text : `'${text.replaceAll("'", "''")}'`;
}
