/**
 * What becomes of the events that wait beyond the moment: those of earlier pages and of tabs that are gone are taken
 * over, the person sees how many wait, and is asked before those are lost that could not be stored. A module that pages
 * load when they need it.
 *
 * @module
 */
import type { Message } from "../processor/message.ts";
import type { Clock } from "../shared/clock.ts";
import type { all, attribute, call, set } from "./dom.ts";
import type { OpenOutbox, Waiting } from "./waiting.ts";

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request(
    name: string,
    options: { readonly mode?: "shared" | "exclusive"; readonly ifAvailable?: boolean },
    hold: (lock: unknown) => Promise<void>,
  ): Promise<void>;
}

/** Options of {@link openOutbox}. */
export interface OutboxStoreOptions {
  readonly storage: Pick<Storage, "getItem" | "removeItem"> & object | undefined;
  /** What the names of this user's events begin with. */
  readonly space: string;
  /** What the names of this page's own go on with. */
  readonly tab: string;
  /** Those that wait in this page. */
  readonly waiting: ReadonlySet<Waiting>;
  /** Sends what another page has stored. */
  readonly resend: (message: Message, kept: Pick<Waiting, "name" | "until">) => void;
  readonly user?: string | undefined;
  readonly root?: ParentNode | undefined;
  readonly confirm?: ((question: string) => boolean | Promise<boolean>) | undefined;
  readonly having: (name: string) => string;
  readonly naWaiting: string;
  readonly all: typeof all;
  readonly attribute: typeof attribute;
  readonly call: typeof call;
  readonly set: typeof set;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly locks?: Locks | undefined;
}

/** A tab that is busy has sent its events by then, or has its lock. */
const patience = 5_000;
/** What takes no longer is nobody's concern. */
const shownAfter = 2_000;

/** Takes up what other pages have left, and watches over what waits in this one. */
export function openOutbox(options: OutboxStoreOptions): OpenOutbox {
  const { all, attribute, call, clock, confirm, having, naWaiting, resend, signal } = options;
  const { root = document, set, space, storage, tab, user, waiting } = options;
  const locks = options.locks ?? (user ? navigator.locks as Locks | undefined : undefined);
  /** The tabs whose lock is requested. */
  const requested = new Set([tab]);
  let release: (() => void) | undefined;
  let isGuarded = false;
  let isShown = false;
  let showing: unknown;
  let looking: unknown;

  function tabOf(name: string): string {
    return name.slice(space.length).split("/")[0]!;
  }

  function namesOf(tab: string): string[] {
    return Object.keys(storage ?? {}).filter((name) => name.startsWith(`${space}${tab}/`));
  }

  /** Takes up what tabs have left. `ifAvailable` leaves out those that may still be there. */
  async function look(ifAvailable: boolean): Promise<void> {
    const tabs = Object.keys(storage ?? {}).filter((name) => name.startsWith(space)).map(tabOf);
    await Promise.all(
      [...new Set(tabs)].filter((each) => !requested.has(each)).map(async (left) => {
        if (!locks) return await takeOver(left);
        await new Promise<void>((resolve) => {
          if (!ifAvailable) requested.add(left);
          void locks.request(`rian-outbox/${left}`, { ifAvailable }, async (lock) => {
            if (lock && !signal.aborted) await takeOver(left, resolve);
            requested.delete(left);
            resolve();
          });
        });
      }),
    );
  }

  /** Sends what a tab has left, and resolves once nothing of it waits. */
  async function takeOver(left: string, begun: () => void = () => {}): Promise<void> {
    requested.add(left);
    const numbers = (name: string) => name.slice(name.lastIndexOf("/") + 1).split(".").map(Number);
    const names = namesOf(left).sort((a, b) => {
      const [[ms, last], [otherMs, otherLast]] = [numbers(a), numbers(b)] as [number[], number[]];
      return ms! - otherMs! || last! - otherLast!;
    });
    for (const name of names) {
      const text = storage!.getItem(name) ?? "";
      const start = text.indexOf("{");
      const until = Number(text.slice(0, start)) || undefined;
      const message = read(text.slice(start));
      const isUncertain = message && until && until < clock.now();
      if (!message || isUncertain && !await isWanted(message, until)) storage!.removeItem(name);
      else resend(message, { name, until: isUncertain ? undefined : until });
    }
    begun();
    await over(() => [...waiting].every(({ name }) => !name || tabOf(name) !== left));
  }

  /** Asks about an event that was sent so long ago that the server may have forgotten it. */
  async function isWanted({ event }: Message, until: number): Promise<boolean> {
    const when = new Date(until).toLocaleString();
    const question =
      `Nobody knows whether "${event}" was saved, last sent before ${when}. Send it again?`;
    return await confirm?.(question) ?? false;
  }

  const waiters: (() => void)[] = [];
  async function over(isOver: () => boolean): Promise<void> {
    while (!isOver() && !signal.aborted) {
      await new Promise<void>((resolve) => waiters.push(resolve));
    }
  }

  function show(isNow: boolean): void {
    isShown = isNow;
    for (const element of all(root, having(naWaiting))) {
      const text = attribute(element, naWaiting);
      if (text && isNow) {
        set(element, "textContent", text.replaceAll("{{@waiting}}", String(waiting.size)));
      }
      call(element, "toggleAttribute", "hidden", !isNow);
    }
  }

  function ask(event: Event): void {
    event.preventDefault();
  }

  function guard(isOn: boolean): void {
    if (isGuarded === isOn) return;
    isGuarded = isOn;
    // Some browsers keep no page with such a listener for the way back, so it is there only while it is needed.
    if (isOn) addEventListener("beforeunload", ask, { signal });
    else removeEventListener("beforeunload", ask);
  }

  function hold(): void {
    if (release || !locks) return;
    const held = new Promise<void>((resolve) => release = resolve);
    // Shared, since a page may have several connections.
    void locks.request(`rian-outbox/${tab}`, { mode: "shared" }, () => held);
  }

  function letGo(): void {
    release?.();
    release = undefined;
  }

  function changed(): void {
    for (const wake of waiters.splice(0)) wake();
    const entries = [...waiting];
    guard(entries.some(({ name }) => !name));
    if (entries.some(({ name }) => name && tabOf(name) === tab)) hold();
    else letGo();
    clock.clearTimeout(showing);
    if (!all(root, having(naWaiting))[0]) return;
    if (entries.length === 0) show(false);
    else if (isShown || entries.some(({ name }) => name && tabOf(name) !== tab)) show(true);
    else showing = clock.setTimeout(() => show(true), shownAfter);
  }

  function lookLater(): void {
    clock.clearTimeout(looking);
    looking = clock.setTimeout(() => void look(false), patience);
  }

  addEventListener("storage", ({ key }: StorageEvent) => key?.startsWith(space) && lookLater(), {
    signal,
  });
  // A held lock keeps a page from being kept for the way back.
  addEventListener("pagehide", letGo, { signal });
  addEventListener("pageshow", changed, { signal });
  signal.addEventListener("abort", () => {
    letGo();
    for (const wake of waiters) wake();
  });
  changed();
  const ready = look(true).then(() => void look(false));
  return { ready, changed };
}

function read(text: string): Message | undefined {
  try {
    const message = JSON.parse(text);
    return typeof message.event === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}
