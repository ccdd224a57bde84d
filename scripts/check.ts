/** `npm run check`: everything that must hold besides the tests. */
import { checks } from "./checks.ts";
import { runStep } from "./run-step.ts";

const failed = checks.filter((step) => !runStep(step)).length;
process.exitCode = failed > 0 ? 1 : 0;
