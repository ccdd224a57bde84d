/**
 * Pages that the server paints: the same HTML with the same `na-*` attributes, with the states in it.
 *
 * @module
 */

export { attachPage } from "./attach-page.ts";
export type { AttachPageOptions, PageNasc } from "./attach-page.ts";
export { renderPage } from "./render-page.ts";
export type { RenderOptions } from "./render-page.ts";
export type { PageState } from "./frame.ts";
export type { Flash } from "../page/flash.ts";
export type { FormatFunction } from "../page/formats.ts";
