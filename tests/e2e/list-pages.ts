import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { GoneFrame, SnapshotFrame } from "../../src/processor/frames.ts";
import { EventStream } from "../support/event-stream.ts";

/** What a page shows of a list. */
export interface List {
  readonly count: number;
  readonly items: readonly { readonly id: string; readonly done: boolean }[];
}

/** The server of lists, as a process that can be killed. */
export class ListServer {
  readonly #data = mkdtempSync(join(tmpdir(), "rian-lists-"));
  #process: ChildProcess | undefined;
  port = 0;

  async start(): Promise<void> {
    const program = fileURLToPath(new URL("list-server.ts", import.meta.url));
    const database = join(this.#data, "lists.sqlite");
    const env = { ...process.env, PORT: `${this.port}`, DATABASE: database };
    this.#process = spawn(process.execPath, [program], {
      ...{ env, stdio: ["ignore", "pipe", "inherit"] },
    });
    for await (const line of createInterface(this.#process.stdout!)) {
      this.port = Number(/^Ready on (\d+)$/.exec(line)?.[1] ?? this.port);
      if (this.port) return;
    }
    throw new Error("Cannot start the server: it has ended");
  }

  async kill(): Promise<void> {
    const exit = once(this.#process!, "exit");
    this.#process!.kill("SIGKILL");
    await exit;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#data, { recursive: true });
  }

  /** Sends an event as somebody else. */
  async send(id: string, event: string, payload: object = {}): Promise<void> {
    const response = await fetch(`http://localhost:${this.port}/nasc/event`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ protocol: 2, type: "List", instance: id, event, payload }),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** Returns what the server shows of a list to whoever asks. */
  async stored(id: string): Promise<List> {
    const address = `http://localhost:${this.port}/nasc/stream?scope=List:${id}&have=`;
    const stream = new EventStream(await fetch(address));
    await stream.frame();
    const frame: SnapshotFrame | GoneFrame = JSON.parse((await stream.frame()).slice(6));
    await stream.close();
    if (frame.action === "gone") throw new Error(`There is no list ${id}`);
    return frame.state as unknown as List;
  }

  /** Waits until a page shows exactly what the server has. */
  async expectSame(page: Page, id: string): Promise<void> {
    const { count, items } = await this.stored(id);
    await expect.poll(() => shown(page), { timeout: 20_000 }).toEqual({ count, items });
  }
}

/** Returns what a page shows of its list. */
export function shown(page: Page): Promise<List> {
  return page.evaluate(() => ({
    count: Number(document.querySelector("b")!.textContent || NaN),
    items: [...document.querySelectorAll("li")].map((row) => ({
      id: row.getAttribute("na-key-val")!,
      done: row.querySelector("input")!.checked,
    })),
  }));
}

/** Sends events that each add one item, from a page, and returns their results once all are settled. */
export function addFrom(page: Page, list: string, ids: readonly string[]): Promise<boolean[]> {
  return page.evaluate(async ({ list, ids }) => {
    const { connection } = globalThis as unknown as {
      connection: { send(...parameters: unknown[]): Promise<{ ok: boolean }> };
    };
    const results = await Promise.all(
      ids.map((id) => connection.send("List", list, "add", { id })),
    );
    return results.map(({ ok }) => ok);
  }, { list, ids });
}
