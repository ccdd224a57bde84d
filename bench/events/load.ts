import { once } from "node:events";
import { connect, type Socket } from "node:net";

const connections = 8;

/** Sends events so many times over a few connections that stay open, each to an instance of its own. */
export class Load {
  readonly #sockets: { readonly socket: Socket; readonly request: Buffer }[] = [];

  private constructor() {}

  static async open(port: number, app: string): Promise<Load> {
    const load = new Load();
    for (let made = 0; made < connections; made++) {
      const socket = connect(port, "127.0.0.1");
      socket.setNoDelay(true);
      await once(socket, "connect");
      const message = { type: "Counter", instance: `visits-${made}`, event: "add", payload: 1 };
      load.#sockets.push({ socket, request: requestOf(port, app, JSON.stringify(message)) });
    }
    return load;
  }

  /** Returns how many bytes came back. */
  async run(times: number): Promise<number> {
    let left = times;
    const read = await Promise.all(this.#sockets.map(async ({ socket, request }) => {
      let bytes = 0;
      while (left > 0) {
        left--;
        socket.write(request);
        bytes += await readResponse(socket);
      }
      return bytes;
    }));
    return read.reduce((sum, each) => sum + each);
  }

  close(): void {
    for (const { socket } of this.#sockets) socket.destroy();
  }
}

/** Returns an event as a browser sends it. */
function requestOf(port: number, app: string, body: string): Buffer {
  const headers = {
    "host": `127.0.0.1:${port}`,
    "origin": `http://127.0.0.1:${port}`,
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "cors",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
    "accept": "*/*",
    "accept-language": "en",
    "accept-encoding": "gzip, deflate, br",
    "x-app": app,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST /nasc/event HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

/** Reads one response that says how long it is, and returns its bytes. */
async function readResponse(socket: Socket): Promise<number> {
  return await new Promise((resolve, reject) => {
    let text = "";
    function hear(chunk: Buffer): void {
      text += chunk.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end + 2))?.[1];
      const isWhole = length === undefined
        ? text.endsWith("\r\n0\r\n\r\n")
        : text.length >= end + 4 + Number(length);
      if (!isWhole) return;
      socket.off("data", hear);
      socket.removeAllListeners("close");
      if (text.startsWith("HTTP/1.1 200")) resolve(text.length);
      else reject(new Error(`Cannot measure: the server said ${text.slice(0, 1_000)}`));
    }
    socket.on("data", hear);
    // A connection may not idle out while others have their turn.
    socket.once("close", () => reject(new Error("Cannot measure: the server closed a connection")));
  });
}
