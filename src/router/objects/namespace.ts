import { hasMethods, type Kind } from "../../shared/kinds.ts";

/** The kind of the binding of a namespace of Durable Objects. */
export const namespaceKind: Kind = {
  fits: (value) => hasMethods(value, "idFromName", "get"),
  cure: "the binding of a namespace of Durable Objects, such as env.NASC",
  isRequired: true,
};

/** What the binding of a namespace of Durable Objects has that is used here, such as `env.NASC`. */
export interface InstanceNamespace {
  /** Returns the id of the object with this name. */
  // deno-lint-ignore no-explicit-any -- the id is the platform's, and only handed back
  idFromName(name: string): any;
  /** Returns what reaches an object. */
  // deno-lint-ignore no-explicit-any -- the id is the platform's, and only handed back
  get(id: any): InstanceObject;
}

/** What reaches an object. */
export interface InstanceObject {
  /** Sends a request to the object. */
  // deno-lint-ignore no-explicit-any -- the platform's types of requests and responses move
  fetch(url: string, init?: any): Promise<any>;
}

/** What is used of a response of an object. */
export interface ObjectResponse {
  readonly status: number;
  readonly webSocket?: ObjectSocket | null;
  text(): Promise<string>;
}

/** The Worker's end of a WebSocket to an object. */
export interface ObjectSocket {
  binaryType?: string;
  accept(): void;
  send(message: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(
    type: "message" | "close" | "error",
    listener: (event: { readonly data?: unknown; readonly code?: number }) => void,
  ): void;
}
