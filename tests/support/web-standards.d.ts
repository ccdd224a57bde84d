// What the core may use besides the language: what Node, Deno, workerd and browsers all have. The core is type-checked
// against this file alone, so naming anything of one platform is an error.

declare function structuredClone<T>(value: T): T;
declare function setTimeout(callback: () => void, milliseconds?: number): unknown;
declare function clearTimeout(timer: unknown): void;
declare function queueMicrotask(callback: () => void): void;
declare function btoa(bytes: string): string;

declare const console: { error(...values: unknown[]): void };
declare const crypto: {
  /** Absent in pages that came over plain HTTP. */
  readonly subtle: {
    digest(algorithm: "SHA-256", bytes: Uint8Array): Promise<ArrayBuffer>;
  };
  randomUUID(): string;
  getRandomValues(bytes: Uint8Array): Uint8Array;
};

declare class DOMException extends Error {
  constructor(message: string, name: string);
}

declare class AbortSignal {
  static any(signals: readonly AbortSignal[]): AbortSignal;
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

declare class TextEncoder {
  encode(text: string): Uint8Array;
}
