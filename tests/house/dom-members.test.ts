import { join } from "node:path";
import { type Node, SyntaxKind } from "typescript/unstable/ast";
import {
  isBinaryExpression,
  isElementAccessExpression,
  isObjectBindingPattern,
  isPropertyAccessExpression,
} from "typescript/unstable/ast/is";
import { API, SymbolFlags, type Type, TypeFlags } from "typescript/unstable/sync";
import { afterAll, expect, test } from "vitest";
import { modules, root } from "./modules.ts";

const config = join(root, "tsconfig.json");
const api = new API({ cwd: root });
afterAll(() => api.close());
const { checker, program } = api.updateSnapshot({ openProjects: [config] }).getProject(config)!;

/** What answers to the names of elements before it answers to its own members. */
const clobbered = ["HTMLFormElement", "Document"].map((name) =>
  checker.getDeclaredTypeOfSymbol(checker.resolveName(name, SymbolFlags.Type)!)
);

/** Returns whether a value of this type can be a form or a document, as far as the DOM's own types tell. */
function isClobbered(type: Type): boolean {
  // Lint refuses it where we write it; what is left is JSON.
  if (type.flags & TypeFlags.Any) return false;
  if (type.isUnionType()) return type.getTypes().some(isClobbered);
  const declarations = type.getSymbol()?.declarations ?? [];
  const isOurs = declarations.length > 0 &&
    declarations.every(({ path }) => !/lib\.dom/.test(path));
  return !isOurs && clobbered.some((node) => checker.isTypeAssignableTo(node, type));
}

/** Returns what a piece of code reads a member of: `value.x`, `value[x]`, `{ x } = value`, `x in value`. */
function ownerIn(node: Node): Node | undefined {
  if (isPropertyAccessExpression(node) || isElementAccessExpression(node)) return node.expression;
  if (isObjectBindingPattern(node)) return node;
  return isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.InKeyword
    ? node.right
    : undefined;
}

/** Returns the code in a module that reads members of nodes directly. */
function directAccesses(path: string): string[] {
  const found: string[] = [];
  function visit(node: Node): void {
    const owner = ownerIn(node);
    const type = owner && checker.getTypeAtLocation(owner);
    if (type && isClobbered(type)) found.push(`${path}: ${node.getText()}`);
    node.forEachChild(visit);
  }
  visit(program.getSourceFile(join(root, path))!);
  return found;
}

test("the client reaches the members of forms and documents through src/client/dom.ts alone", () => {
  const others = modules("src/client").filter((path) => path !== "src/client/dom.ts");
  expect(others.flatMap(directAccesses)).toEqual([]);
});

test("a member of a document that is reached directly is found", () => {
  expect(directAccesses("tests/client/support.ts"))
    .toContain("tests/client/support.ts: document.body");
});
