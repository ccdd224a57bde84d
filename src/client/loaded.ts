import type { Following, Transport } from "./transport.ts";

/** Returns a transport that is being loaded, or another one where it cannot be. */
export function loaded(
  loading: Promise<Required<Transport>>,
  instead: Required<Transport>,
): Required<Transport> {
  const ready = loading.catch(() => instead);
  return {
    send: async (message, signal) => (await ready).send(message, signal),
    follow(addresses, listener) {
      const following = ready.then((transport) => transport.follow(addresses, listener));
      const later = (act: (following: Following) => void) => void following.then(act);
      return {
        reopen: (address) => later((each) => each.reopen(address)),
        close: () => later((each) => each.close()),
      };
    },
  };
}
