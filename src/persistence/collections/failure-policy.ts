import type { FailurePolicy, SaveFailure } from "./options.ts";
import { report, type Session } from "./session.ts";

/** What is to become of changes that storage does not take: they are kept unless somebody says "revert". */
export async function policyFor(session: Session, failure: SaveFailure): Promise<FailurePolicy> {
  const { onFailure } = session.options;
  try {
    const answer = typeof onFailure === "function" ? await onFailure(failure) : onFailure;
    return answer === "revert" ? "revert" : "keep";
  } catch (error) {
    report(session, error, {});
    return "keep";
  }
}
