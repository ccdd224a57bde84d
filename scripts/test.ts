/**
 * `npm test`: builds, checks, and runs the tests in Node, workerd, Chromium and Deno, and those of the tarball. The
 * last line of its output is `N passed, N failed`, where each check counts as a test.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { checks } from "./checks.ts";
import { root } from "./root.ts";
import { runStep } from "./run-step.ts";

interface Count {
  passed: number;
  failed: number;
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

function runTests(name: string, command: readonly string[]): Count {
  const report = join(reports, `${name}.json`);
  const [program, ...parameters] = command;
  const { status } = spawnSync(
    program!,
    [...parameters, "--reporter=default", "--reporter=json", `--outputFile=${report}`],
    { cwd: root, stdio: "inherit" },
  );
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

const counts: Count[] = [
  { name: "it builds", command: ["node", "scripts/build.ts"] },
  ...checks,
].map((step) =>
  runStep(step)
    ? { passed: 1, failed: 0, failures: [] }
    : { passed: 0, failed: 1, failures: [step.name] }
);

counts.push(runTests("node-workerd-chromium", ["node", vitest, "run"]));
counts.push(
  runTests("deno", ["deno", "run", "-A", "--unstable-kv", vitest, "run", "--project", "deno"]),
);
counts.push(runTests("package", ["node", vitest, "run", "--project", "package"]));

const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
// Above the last line, so that who sees only the end of the output sees what failed.
for (const failure of counts.flatMap(({ failures }) => failures)) {
  console.log(`\nFailed: ${failure}`);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
