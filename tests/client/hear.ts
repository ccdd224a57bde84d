import type { ErrorPatch } from "rian/client";
import { onTestFinished } from "vitest";

/** Collects the codes of the DOM events of a name that reach the document. */
export function hear(name: string): string[] {
  const codes: string[] = [];
  const listener = (event: Event) => {
    const { detail } = event as CustomEvent<ErrorPatch>;
    codes.push(`${(event.target as Element).localName} ${detail.code}`);
  };
  document.addEventListener(name, listener);
  onTestFinished(() => document.removeEventListener(name, listener));
  return codes;
}
