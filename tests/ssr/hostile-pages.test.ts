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
  ["<form na-submit=x>"],
])("a page of 30,000 %s is painted in linear time", async ([part]) => {
  const page = `<main na-scope="A:1"><form na-submit="x" na-bind>${part!.repeat(many)}`;
  const painted = await renderPage(page, {
    read: async () => ({ rev: 1, epoch: "e", state: { x: 1 } }),
    embed: false,
  });
  expect(painted.startsWith('<main na-scope="A:1">')).toBe(true);
});
