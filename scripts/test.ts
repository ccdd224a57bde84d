/**
 * `npm test`: builds, checks, and runs the tests in Node, workerd, Chromium and Deno, and those of the tarball. Two
 * things run at once, and each one's output is printed whole. The last line is `N passed, N failed`, where each check
 * counts as a test.
 */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { checks, checksOfGenerated } from "./checks.ts";
import { root } from "./root.ts";
import { runCommand } from "./run-command.ts";
import { runStep, type Step } from "./run-step.ts";
import { type Section, sections } from "./sections.ts";

interface Count {
  readonly passed: number;
  readonly failed: number;
  /** What failed, by name. */
  readonly failures: readonly string[];
}

/** The part of a report that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const reports: string = mkdtempSync(join(tmpdir(), "rian-test-"));
const vitest = "node_modules/vitest/vitest.mjs";

// What Node has compiled once, such as Vitest, wrangler and the sources, the hundreds of processes to come start from.
process.env["NODE_COMPILE_CACHE"] = join(reports, "compiled");

async function runTests(
  name: string,
  command: readonly string[],
  { print, end }: Section,
): Promise<Count> {
  const report = join(reports, `${name}.json`);
  const { status } = await runCommand(
    [...command, "--reporter=default", "--reporter=json", `--outputFile=${report}`],
    { print, env: process.stdout.isTTY ? { FORCE_COLOR: "1" } : {} },
  );
  end();
  const count = readCount(report);
  // A run that breaks outside a test, such as on an unhandled rejection, has failed too.
  if (status === 0 || count.failed > 0) return count;
  return { ...count, failed: 1, failures: [`${name}: it broke outside of a test`] };
}

function readCount(report: string): Count {
  try {
    const { numPassedTests, numFailedTests, testResults }: Report = JSON.parse(
      readFileSync(report, "utf8"),
    );
    const failures = testResults.flatMap(({ name, assertionResults }) => {
      return assertionResults.filter(({ status }) => status === "failed")
        .map(({ fullName, failureMessages: [message = ""] }) => {
          return `${relative(root, name)}: ${fullName}\n${message}`;
        });
    });
    return { passed: numPassedTests, failed: numFailedTests, failures };
  } catch {
    return { passed: 0, failed: 1, failures: [`${report} cannot be read`] };
  }
}

async function runSteps(steps: readonly Step[], { print, end }: Section): Promise<Count> {
  const failures: string[] = [];
  for (const step of steps) if (!await runStep(step, print)) failures.push(step.name);
  end();
  return { passed: steps.length - failures.length, failed: failures.length, failures };
}

const [building, checking, everywhere, inPages, inDeno, tarball] = sections(
  6,
  (text) => process.stdout.write(text),
);

// The rest reads what is built.
const build: Step = { name: "it builds", command: ["node", "scripts/build.ts"] };
const counts: Count[] = [await runSteps([...checksOfGenerated, build], building!)];

/** Runs the tests that keep processors busy. */
async function runMost(): Promise<void> {
  const projects = ["node", "workerd", "chromium"].flatMap((name) => ["--project", name]);
  const command = ["node", vitest, "run", ...projects];
  counts.push(await runTests("node-workerd-chromium", command, everywhere!));
}

/** Runs, meanwhile, what mostly waits: for compilers, pages and packages. */
async function runOthers(): Promise<void> {
  counts.push(await runSteps(checks, checking!));
  const e2e = ["node", vitest, "run", "--project", "e2e", "--maxWorkers", "1"];
  counts.push(await runTests("e2e", e2e, inPages!));
  const deno = ["deno", "run", "-A", "--unstable-kv", vitest, "run", "--project", "deno"];
  counts.push(await runTests("deno", deno, inDeno!));
  const packed = ["node", vitest, "run", "--project", "package", "--maxWorkers", "1"];
  counts.push(await runTests("package", packed, tarball!));
}

await Promise.all([runMost(), runOthers()]);

const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
// Above the last line, so that who sees only the end of the output sees what failed.
for (const failure of counts.flatMap(({ failures }) => failures)) {
  console.log(`\nFailed: ${failure}`);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
