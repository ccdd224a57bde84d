/**
 * Pages painted on the server: `rian/ssr`. A page with the same attributes as ever shows its state at once, and its
 * forms work without script.
 *
 * @module
 */

export {
  attachPage,
  type AttachPageOptions,
  type PageSource,
  type PerRequest,
} from "./attach-page.ts";
export type { Flash } from "./flash.ts";
export { type PaintedInstance, type RenderOptions, renderPage } from "./render-page.ts";
