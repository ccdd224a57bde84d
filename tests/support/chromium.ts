import { existsSync } from "node:fs";

/** Lets headless Chromium start as root, without a GPU and without a network. */
const flags: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Returns the options with which Playwright starts Chromium. */
export async function chromiumOptions(): Promise<{ executablePath: string; args: string[] }> {
  return { executablePath: await chromiumPath(), args: [...flags] };
}

/** Returns `CHROMIUM_PATH`, or else the path of npm's `@sparticuz/chromium`, or else the system's. */
async function chromiumPath(): Promise<string> {
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
