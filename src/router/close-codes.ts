/** The codes of the router's own by which a WebSocket is closed. */
export const closeCodes = {
  /** Who looks, and whether they may still see this, has to be asked again. */
  authorize: 4401,
  /** The storage of an object is gone. */
  deleted: 4410,
} as const;

/** No code of RFC 6455 but this one says that all is well. */
export const normalClosure = 1000;

/** The code of RFC 6455 for what has failed unexpectedly. */
export const failedClosure = 1011;

/** Returns the code to close back with. Two of RFC 6455 say that there was none, and may not be sent. */
export function codeBack(code: number): number {
  return code === 1005 || code === 1006 ? normalClosure : code;
}
