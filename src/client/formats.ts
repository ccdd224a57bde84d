/**
 * The formats that expressions have without being given any; loaded when a page uses one.
 *
 * @module
 */

export { builtInFormats } from "../page/formats.ts";
