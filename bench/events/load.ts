import { HttpConnection } from "../http-connection.ts";

const connections = 8;

/** Sends events so many times over a few connections that stay open, each to an instance of its own. */
export class Load {
  readonly #senders: { readonly connection: HttpConnection; readonly request: Buffer }[] = [];

  private constructor() {}

  static async open(port: number, app: string): Promise<Load> {
    const load = new Load();
    for (let made = 0; made < connections; made++) {
      const connection = await HttpConnection.open(port);
      const message = { type: "Counter", instance: `visits-${made}`, event: "add", payload: 1 };
      const request = connection.requestOf("/nasc/event", message, { "x-app": app });
      load.#senders.push({ connection, request });
    }
    return load;
  }

  /** Returns how many bytes came back. */
  async run(times: number): Promise<number> {
    let left = times;
    const read = await Promise.all(this.#senders.map(async ({ connection, request }) => {
      let bytes = 0;
      while (left > 0) {
        left--;
        bytes += await connection.send(request);
      }
      return bytes;
    }));
    return read.reduce((sum, each) => sum + each);
  }

  close(): void {
    for (const { connection } of this.#senders) connection.close();
  }
}
