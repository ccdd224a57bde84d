import { expect, test, vi } from "vitest";
import { createNasc, type NascOptions } from "../../src/router/mod.ts";
import { MemoryStore } from "../../mod.ts";
import { counterHandlers } from "../support/counter.ts";

const authorize = "Nasc: authorize is not set, so every request may read and change everything; " +
  'pass a function, or authorize: "everyone"';
const hosts =
  "Nasc: hosts is not set, so a stranger's name that leads here counts as this server's own " +
  '(DNS rebinding); pass hosts: ["app.example"], or hosts: "any" where the platform routes only ' +
  "your own names, as Workers and Deno Deploy do";

test.for<[name: string, options: Partial<NascOptions>, lines: string[]]>([
  ["neither", {}, [authorize, hosts]],
  ["only authorize", { authorize: "everyone" }, [hosts]],
  ["only hosts", { hosts: ["localhost"] }, [authorize]],
  ["both by name", { authorize: "everyone", hosts: "any" }, []],
  ["both", { authorize: () => true, hosts: ["localhost"] }, []],
])(
  "with %s of authorize and hosts set, the first request, and no other, warns of the rest",
  async ([
    ,
    options,
    lines,
  ]) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { app, process } = createNasc({
      handlers: counterHandlers,
      store: new MemoryStore(),
      ...options,
    });
    await process({ type: "Counter", instance: "visits", event: "mount" });
    expect(warn).not.toHaveBeenCalled();
    for (const path of ["/health", "/manifest", "/stream", "/nothing"]) {
      await app.request(`http://localhost${path}`);
    }
    expect(warn.mock.calls.map(([line]) => line)).toEqual(lines);
    warn.mockRestore();
  },
);
