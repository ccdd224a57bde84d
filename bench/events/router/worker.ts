/** Serves the apps in workerd. */
import { serveAll } from "./apps.ts";

let apps: ReturnType<typeof serveAll> | undefined;

export default {
  fetch(request: Request, ...rest: never[]): Response | Promise<Response> {
    // There is no randomness before the first request.
    apps ??= serveAll(request.headers.get("host")!);
    return apps.fetch(request, ...rest);
  },
};
