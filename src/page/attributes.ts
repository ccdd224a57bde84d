/**
 * The names of the attributes by which a page speaks to Rian. `docs/client.md` says what each does.
 *
 * @module
 */

/** On `<body>`: connects the page, to the router at this path. */
export const naConnect = "na-connect";
/** Makes an element a scope, which shows the instance of this id. */
export const naScope = "na-scope";
/** The type of a scope's instance. */
export const naType = "na-type";
/** Makes an element a scope as the first Nasc wrote it: `Type:id`. */
export const naInstance = "na-instance";
/** Shows the value at a path. */
export const naBind = "na-bind";
/** Binds a form control to a path, as the first Nasc wrote it. */
export const ngBind = "ng-bind";
/** On a `<template>`: repeats it for each item of a list. */
export const naEach = "na-each";
/** The path in an item that tells it from the others. */
export const naKey = "na-key";
/** On the elements of a row: the key of its item. */
export const naKeyVal = "na-key-val";
/** Sends an event when the element is clicked. */
export const naClick = "na-click";
/** On a `<form>`: sends an event when it is submitted. */
export const naSubmit = "na-submit";
/** Shows an error, or the error of the field that it names. */
export const naError = "na-error";
