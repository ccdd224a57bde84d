import type { Context, MiddlewareHandler } from "hono";
import { NascError } from "../processor/mod.ts";

/** The hosts that are the app's own, each as {@link normalAuthority} writes it, or `"any"`. */
export type Hosts = "any" | ReadonlySet<string>;

/** Reads the option `hosts`. */
export function readHosts(hosts: "any" | readonly string[] = "any"): Hosts {
  return hosts === "any" ? hosts : new Set(hosts.map((host) => normalAuthority(host)!));
}

/**
 * Returns an authority, such as `App.example:443`, as it is compared: in lower case, in ASCII, without the dot of the
 * root, and without the port that either protocol means anyway, since a proxy may end the TLS.
 *
 * @returns `undefined` if it is not an authority
 */
export function normalAuthority(text: string): string | undefined {
  // The parser of URLs would take, and drop, much more than a host and a port.
  if (!/^[\p{L}\p{M}\p{N}._:[\]-]+$/u.test(text) || !URL.canParse(`http://${text}`)) {
    return undefined;
  }
  const { hostname, port } = new URL(`http://${text}`);
  const name = hostname.replace(/\.$/, "");
  return port === "" || port === "443" ? name : `${name}:${port}`;
}

/** Refuses requests for hosts that are not the app's own: a stranger's name may lead to this server. */
export function ownHost(hosts: Hosts): MiddlewareHandler {
  return async (context, next) => {
    assertOwnHost(context, hosts);
    await next();
  };
}

/**
 * Refuses a request for a host that is not the app's own.
 *
 * @throws {NascError} `wrong-host`
 */
export function assertOwnHost(context: Context, hosts: Hosts): void {
  if (hosts === "any") return;
  const host = hostOf(context);
  // Most requests name it as it is compared.
  if (hosts.has(host) || hosts.has(normalAuthority(host) ?? "")) return;
  throw new NascError(
    "wrong-host",
    "This server does not serve this host: its option hosts lists those that it does",
  );
}

/**
 * Returns whether a URL is on a host of the app's own, by either protocol: a proxy may end the TLS. Where any host is,
 * it is the one that the request went to.
 */
export function isOwnUrl(url: string, context: Context, hosts: Hosts): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  const name = normalAuthority(host);
  if (name === undefined || protocol !== "http:" && protocol !== "https:") return false;
  return hosts === "any" ? name === normalAuthority(hostOf(context)) : hosts.has(name);
}

/** Returns the host that a request is for. HTTP/2 has no `Host`; its `:authority` is in the URL. */
function hostOf(context: Context): string {
  return context.req.header("host") ?? new URL(context.req.url).host;
}
