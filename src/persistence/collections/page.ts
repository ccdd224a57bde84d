import { memberOf } from "../../shared/own.ts";
import type { JournalStorage } from "./journal-storage.ts";

/** The part of a window that signals when its page goes away, which is a reason to write at once. */
export interface PageEvents {
  /** The page's document, which signals when the page is hidden. */
  readonly document: {
    /** `"hidden"` when the page is in the background, from where it may never come back. */
    readonly visibilityState: string;
    /** Listens for `visibilitychange`. */
    addEventListener(type: "visibilitychange", listener: () => void): void;
    /** Stops listening. */
    removeEventListener(type: "visibilitychange", listener: () => void): void;
  };
  /** Where edits are noted, if the adapter asks for it. */
  readonly localStorage?: JournalStorage;
  /** Listens for `pagehide`, when the page goes away, and `pageshow`, when it comes back. */
  addEventListener(type: "pagehide" | "pageshow", listener: () => void): void;
  /** Stops listening. */
  removeEventListener(type: "pagehide" | "pageshow", listener: () => void): void;
}

/** Returns the page that this code runs in, if it runs in one. */
export function currentPage(): PageEvents | undefined {
  const isPage = memberOf(globalThis, "document") !== undefined;
  return isPage ? globalThis as unknown as PageEvents : undefined;
}

/** Returns the localStorage of a page, unless its user has blocked that. */
export function localStorageOf(page: PageEvents): JournalStorage | undefined {
  try {
    return page.localStorage;
  } catch {
    return undefined;
  }
}

/** What to do in the life of a page. */
export interface PageListener {
  /** Called when the page goes away. */
  leave(): void;
  /** Called when the page is hidden and stays. */
  hide(): void;
  /** Called when a page that went away is back. */
  comeBack(): void;
}

/** Follows the life of a page. */
export class PageLife {
  readonly #page: PageEvents;
  #isLeaving = false;

  constructor(page: PageEvents) {
    this.#page = page;
  }

  /** Whether there may be no later: the page is hidden, or goes away. */
  get isAway(): boolean {
    return this.#isLeaving || this.#page.document.visibilityState === "hidden";
  }

  /** Calls the listener until the returned function is called. */
  follow({ leave, hide, comeBack }: PageListener): () => void {
    const page = this.#page;
    const onHide = () => {
      this.#isLeaving = true;
      leave();
    };
    const onShow = () => {
      if (this.#isLeaving) comeBack();
      this.#isLeaving = false;
    };
    // A page that goes away is hidden as well, but only after pagehide. One on a phone may only ever be hidden.
    const onChange = () => {
      if (this.isAway && !this.#isLeaving) hide();
    };
    page.addEventListener("pagehide", onHide);
    page.addEventListener("pageshow", onShow);
    page.document.addEventListener("visibilitychange", onChange);
    return () => {
      page.removeEventListener("pagehide", onHide);
      page.removeEventListener("pageshow", onShow);
      page.document.removeEventListener("visibilitychange", onChange);
    };
  }
}
