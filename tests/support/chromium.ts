import { existsSync } from "node:fs";

/** What headless Chromium needs to start as root, without a GPU and without a network. */
export const chromiumArguments: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * The path of a Chromium: `CHROMIUM_PATH`, else the one that the npm package `@sparticuz/chromium` carries,
 * else the system's.
 */
export async function chromiumPath(): Promise<string> {
  const fromEnvironment = process.env["CHROMIUM_PATH"];
  if (fromEnvironment) return fromEnvironment;
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    return await chromium.executablePath();
  } catch (cause) {
    for (const path of ["/usr/bin/chromium", "/usr/bin/google-chrome"]) {
      if (existsSync(path)) return path;
    }
    throw new Error("Cannot find Chromium: run npm install, or set CHROMIUM_PATH", { cause });
  }
}
