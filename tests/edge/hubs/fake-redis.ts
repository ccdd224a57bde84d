import { EventEmitter, once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { RedisClient } from "../../../examples/hub/redis-hub.ts";

/** A broker over TCP, as Redis is one: a line is a command as JSON, and subscribers get what others publish. */
export class FakeRedis {
  readonly #subscribers = new Map<Socket, Set<string>>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((socket) => {
      const channels = new Set<string>();
      this.#subscribers.set(socket, channels);
      socket.on("close", () => this.#subscribers.delete(socket));
      socket.on("error", () => {});
      createInterface(socket).on("line", (line) => {
        const { n, publish, subscribe, text } = JSON.parse(line);
        if (subscribe) channels.add(subscribe);
        if (publish) this.publish(publish, text);
        socket.write(`${JSON.stringify({ n })}\n`);
      });
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many connections subscribe. */
  get subscribers(): number {
    return [...this.#subscribers.values()].filter(({ size }) => size > 0).length;
  }

  publish(channel: string, text: string): void {
    for (const [socket, channels] of this.#subscribers) {
      if (channels.has(channel)) socket.write(`${JSON.stringify({ channel, text })}\n`);
    }
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#subscribers.keys()) socket.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, "close");
  }
}

/** A client of {@link FakeRedis}, as the package `redis` has one: it connects again when it was cut off. */
export class FakeRedisClient implements RedisClient {
  readonly #port: number;
  readonly #events = new EventEmitter();
  readonly #listeners = new Map<string, (text: string) => void>();
  readonly #answers = new Map<number, () => void>();
  #socket: Socket | undefined;
  #isDestroyed = false;
  #commands = 0;

  constructor(port: number) {
    this.#port = port;
  }

  on(event: "ready" | "error", listener: (error?: unknown) => void): void {
    this.#events.on(event, listener);
  }

  duplicate(): FakeRedisClient {
    return new FakeRedisClient(this.#port);
  }

  async connect(): Promise<void> {
    const socket = this.#socket = connect(this.#port, "127.0.0.1");
    await once(socket, "connect");
    socket.on("close", async () => {
      if (this.#isDestroyed) return;
      await this.connect().catch((error) => this.#events.emit("error", error));
    });
    createInterface(socket).on("line", (line) => {
      const { n, channel, text } = JSON.parse(line);
      if (n !== undefined) this.#answers.get(n)?.();
      else this.#listeners.get(channel)?.(text);
    });
    for (const channel of this.#listeners.keys()) await this.#command({ subscribe: channel });
    this.#events.emit("ready");
  }

  async publish(channel: string, text: string): Promise<void> {
    await this.#command({ publish: channel, text });
  }

  async subscribe(channel: string, listener: (text: string) => void): Promise<void> {
    this.#listeners.set(channel, listener);
    await this.#command({ subscribe: channel });
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#socket?.destroy();
  }

  async #command(command: object): Promise<void> {
    const n = this.#commands++;
    const answered = new Promise<void>((resolve) => this.#answers.set(n, resolve));
    this.#socket!.write(`${JSON.stringify({ n, ...command })}\n`);
    await answered;
  }
}
