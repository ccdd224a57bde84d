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
  /** Listens for `pagehide`. */
  addEventListener(type: "pagehide", listener: () => void): void;
  /** Stops listening. */
  removeEventListener(type: "pagehide", listener: () => void): void;
}

/** Returns the page that this code runs in, if it runs in one. */
export function currentPage(): PageEvents | undefined {
  const { document } = globalThis as { readonly document?: unknown };
  return document === undefined ? undefined : globalThis as unknown as PageEvents;
}

/**
 * Calls back when a page goes away, until the returned function is called. A page on a phone may only ever be hidden,
 * and one that is closed may only get `pagehide`.
 */
export function onPageEnd(page: PageEvents, callback: () => void): () => void {
  const whenHidden = () => {
    if (page.document.visibilityState === "hidden") callback();
  };
  page.addEventListener("pagehide", callback);
  page.document.addEventListener("visibilitychange", whenHidden);
  return () => {
    page.removeEventListener("pagehide", callback);
    page.document.removeEventListener("visibilitychange", whenHidden);
  };
}
