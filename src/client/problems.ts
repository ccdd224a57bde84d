/**
 * What is wrong with a page, in words; loaded when there is something wrong.
 *
 * @module
 */

export { textOf } from "../page/problems.ts";
