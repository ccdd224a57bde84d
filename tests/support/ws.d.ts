// The part of `ws` that tests and examples use. The package brings no types, and `@types/ws` is one more to keep.
declare module "ws" {
  import type { WebSocketServerLike } from "@hono/node-server";

  export class WebSocketServer {
    constructor(options: { readonly noServer: true; readonly maxPayload?: number });
    readonly clients: ReadonlySet<{ terminate(): void }>;
    readonly options: { noServer?: boolean };
    on: WebSocketServerLike["on"];
    off: WebSocketServerLike["off"];
    emit: WebSocketServerLike["emit"];
    handleUpgrade: WebSocketServerLike["handleUpgrade"];
    close: WebSocketServerLike["close"];
  }
}
