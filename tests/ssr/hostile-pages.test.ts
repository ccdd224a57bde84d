import { renderPage } from "rian/ssr";
import { expect, test } from "vitest";

const many = 30_000;

// Where it looked through all that is open, or all that was there, for each of these, it would take minutes.
test.for([
  ["<p>"],
  ["<div>"],
  ["<li>"],
  ["<table>"],
  ["<b>"],
  ["</p>"],
  ["<a b"],
  ["<!--"],
  ["{{"],
  ["<svg>"],
  ["<select><option>"],
  ["<template>"],
  ["<div></span>"],
  ["<script><!--"],
  ['<input name="a">'],
  ["<i na-show=x>"],
])("a page of 30,000 %s is painted in linear time", async ([part]) => {
  const page = `<main na-scope="A:1"><form na-submit="x">${part!.repeat(many)}</form></main>`;
  const painted = renderPage(page, {
    read: async () => ({ rev: 1, epoch: "e", state: { x: 1 } }),
    embed: false,
  });
  // What has no end, or is too deep, is refused in as little time.
  const result = await painted.catch((error: Error) => error.message);
  expect(result).toMatch(/^(?:<main na-scope|Cannot render the page: line 1: )/);
});

test.for([
  [
    "attributes in a row",
    `<template na-each="list"><p ${numbered((i) => `data-a${i}="{{x}}"`)}></p></template>`,
  ],
  ["attributes from a state", `<p na-attr="${numbered((i) => `data-a${i}: x;`)}"></p>`],
  ["data of a button", `<button na-click="e" ${numbered((i) => `data-a${i}="1"`)}></button>`],
])("a page of 60,000 %s is painted within seconds", async ([, part]) => {
  const painted = await renderPage(`<main na-scope="A:1">${part}</main>`, {
    read: async () => ({ rev: 1, epoch: "e", state: { x: 1, list: [{ x: 1 }] } }),
    embed: false,
    returnTo: "/",
  });
  expect(painted.length).toBeGreaterThan(part!.length);
});

function numbered(part: (index: number) => string): string {
  return Array.from({ length: 60_000 }, (_, index) => part(index)).join(" ");
}
