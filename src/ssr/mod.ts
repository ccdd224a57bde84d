/**
 * Pages painted on the server: `rian/ssr`. The same page, with the same attributes, shows its state at once, and works
 * without script.
 *
 * @module
 */

export type { Flash } from "./flash.ts";
export { type PaintedInstance, type RenderOptions, renderPage } from "./render-page.ts";
