/**
 * The names of the attributes that connect a page to its instances. `docs/client.md` says what each does. One that
 * begins with `na-` may be written with `data-` before it, as in valid HTML.
 *
 * @module
 */

/** On `<body>`: connects the page to the router at this path. */
export const naConnect = "na-connect";
/** On `<body>`: how the page and its server reach each other, as the option `transport` of `connect` does. */
export const naTransport = "na-transport";
/** On `<body>`: whose events they are that wait, as `identify` names the user. */
export const naUser = "na-user";
/** Shows how many events wait, while some do. */
export const naWaiting = "na-waiting";
/** Keeps what is sent from inside the element out of all storage. */
export const naPrivate = "na-private";
/** Makes an element a scope, which shows the instance with this id. */
export const naScope = "na-scope";
/** The type of a scope's instance. */
export const naType = "na-type";
/** Makes an element a scope, as the first Nasc wrote it: `Type:id`. */
export const naInstance = "na-instance";
/** Shows the value at a path. */
export const naBind = "na-bind";
/** Binds a form control to a path, as the first Nasc wrote it. */
export const ngBind = "ng-bind";
/** On a `<template>`: repeats it for each item of a list. */
export const naEach = "na-each";
/** On a `<template>`: the path of the key in an item. */
export const naKey = "na-key";
/** On the elements of a row: the key of its item. */
export const naKeyVal = "na-key-val";
/** On a `<script type="application/json">`: the states of the instances that the server has painted. */
export const naSnapshot = "na-snapshot";
/** On the elements that the condition of a template shows. */
export const naIfRow = "na-if-row";
/** On a `<template>`: shows it while a condition holds. */
export const naIf = "na-if";
/** Hides the element while a condition does not hold. */
export const naShow = "na-show";
/** Gives the element classes, each while a condition holds. */
export const naClass = "na-class";
/** Gives the element attributes. */
export const naAttr = "na-attr";
/** Sends this event when the element is clicked. */
export const naClick = "na-click";
/** On a `<form>`: sends this event when it is submitted. */
export const naSubmit = "na-submit";
/** Sends events when DOM events happen at the element. */
export const naOn = "na-on";
/** Shows what an event will do until the server says what it did. */
export const naOptimistic = "na-optimistic";
/** Asks before an event of the element is sent. */
export const naConfirm = "na-confirm";
/** Ignores what would send the same again while that is not answered. */
export const naOnce = "na-once";
/** On an element whose event is not answered yet. */
export const naPending = "na-pending";
/** On a scope: what is so of its instance, such as `live pending`. */
export const naState = "na-state";
/** Shows an error, or the error of this field. */
export const naError = "na-error";

/** Leaves what is in the element alone. */
export const naIgnore = "na-ignore";

/** Returns the other name of an attribute that has one. */
export function otherName(name: string): string | undefined {
  return name.startsWith("na-") ? `data-${name}` : undefined;
}

/** Returns whether an attribute is the other name of one of these, and so none of the page's own data. */
export function isOtherName(name: string): boolean {
  return name.startsWith("data-na-");
}

/** Returns a selector of the elements that have an attribute, by either name. */
export function having(name: string): string {
  return `:is([${name}],[${otherName(name)}])`;
}
