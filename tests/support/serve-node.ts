import { createAdaptorServer, upgradeWebSocket } from "@hono/node-server";
import type { Hono } from "hono";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";

export { upgradeWebSocket };

/** An app that is being served. */
export interface Served {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves an app as Node's users do. */
export async function serveNode(app: Pick<Hono, "fetch">): Promise<Served> {
  const sockets = new WebSocketServer({ noServer: true });
  const server = createAdaptorServer({
    fetch: app.fetch,
    websocket: { server: sockets },
  }) as Server;
  // One that has asked for what nobody upgrades to is the server's no longer, and still keeps it from closing.
  const connections = new Set<Socket>();
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of connections) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
