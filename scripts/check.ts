/** `npm run check`: everything that must hold besides the tests. */
import { checks, checksOfGenerated } from "./checks.ts";
import { runStep } from "./run-step.ts";

for (const step of [...checksOfGenerated, ...checks]) {
  if (!await runStep(step, (text) => process.stdout.write(text))) process.exitCode = 1;
}
