import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/root.ts";

/** What the README tells a person to write and to type under one of its headings. */
export interface Section {
  readonly heading: string;
  /** Texts by the name of their file, which stands in a comment in their first line. */
  readonly files: Readonly<Record<string, string>>;
  /** The lines of its shell blocks. */
  readonly commands: readonly string[];
}

/** Returns the section of the README under a heading, up to the next heading. */
export function readSection(heading: string): Section {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const text = readme.split(/^(?=##+ )/m).find((part) =>
    part.startsWith(`## ${heading}\n`) || part.startsWith(`### ${heading}\n`)
  );
  if (text === undefined) throw new Error(`Cannot find "${heading}" in README.md`);
  const blocks = [...text.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm)];
  const named = blocks.flatMap(([, , code]) => {
    const name = code!.match(/^(?:\/\/|<!--) ([\w-]+\.\w+)(?: -->)?\n/)?.[1];
    return name === undefined ? [] : [[name, code!] as const];
  });
  return {
    heading,
    files: Object.fromEntries(named),
    commands: blocks.flatMap(([, language, code]) =>
      language === "sh" ? code!.trim().split("\n") : []
    ),
  };
}
