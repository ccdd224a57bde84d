import type { Component } from "svelte";
import { compile } from "svelte/compiler";

/** Compiles a component and, as a bundler would, gives it the module that compiled components import. */
export function component<Props extends Record<string, unknown>>(
  source: string,
  generate: "client" | "server",
  runtime: unknown,
): Component<Props> {
  const { js } = compile(source, { generate, discloseVersion: false, name: "Compiled" });
  const body = js.code
    .replace(`import * as $ from 'svelte/internal/${generate}';`, "")
    .replace("export default function", "function");
  return new Function("$", `${body}; return Compiled;`)(runtime);
}
