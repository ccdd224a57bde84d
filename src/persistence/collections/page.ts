/** The part of a document (the page's) that is used. */
export interface PageDocument {
  /** `"hidden"` when the page is in the background, from where it may never come back. */
  readonly visibilityState: string;
  /** Listens for `visibilitychange`. */
  addEventListener(type: "visibilitychange", listener: () => void): void;
  /** Stops listening. */
  removeEventListener(type: "visibilitychange", listener: () => void): void;
}

/** The part of a window that is used: its end is a reason to write at once. */
export interface Page {
  /** The document that tells when the page is hidden. */
  readonly document: PageDocument;
  /** Listens for `pagehide`. */
  addEventListener(type: "pagehide", listener: () => void): void;
  /** Stops listening. */
  removeEventListener(type: "pagehide", listener: () => void): void;
}

/** The page that this code runs in, if it runs in one. */
export function currentPage(): Page | undefined {
  const { document } = globalThis as { readonly document?: unknown };
  return document === undefined ? undefined : globalThis as unknown as Page;
}

/**
 * Calls back when a page goes away: a page on a phone may only ever be hidden, and one that is closed may only
 * get `pagehide`. Returns a function that stops it.
 */
export function onPageEnd(page: Page, callback: () => void): () => void {
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
