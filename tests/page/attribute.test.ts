import { expect, test } from "vitest";
import {
  attributeText,
  isAttributeName,
  isBindable,
  isSafe,
  isSettable,
} from "../../src/page/attribute.ts";

const page = { tag: "a", origin: "http://example.org" };

test.for([
  ...["javascript:alert(1)", "JavaScript:alert(1)", " \u0001javascript:alert(1)"],
  ...["java\nscript:alert(1)", "java\tscript\r:alert(1)", "\u0000javascript:x", "vbscript:x"],
  ...["data:text/html,<script>", "data:image/png;base64,x", "blob:http://example.org/x"],
  ...["file:///etc/passwd", "filesystem:http://x/", "view-source:http://x", "http://[", "ws://x"],
])("%j is no address for a link", (text) => {
  for (const name of ["href", "HREF", "xlink:href", "src", "poster", "data", "cite"]) {
    expect(isSafe(name, text, page), name).toBe(false);
  }
});

test.for([
  ...[
    "/i/1?x=#y",
    "x",
    "",
    "?q",
    "#a",
    "//other.example/x",
    "http://x",
    "HTTPS://x",
    ":b",
  ],
  ...["mailto:a@b.example", "tel:+353", "javascript\u200b:alert(1)", "./javascript:x"],
])("%j is an address for a link", (text) => {
  expect(isSafe("href", text, page)).toBe(true);
});

test("a picture may be in its address, where it is shown by an <img>", () => {
  for (const type of ["png", "jpeg", "gif", "webp"]) {
    const text = `data:image/${type};base64,AA`;
    expect(isSafe("src", text, { ...page, tag: "img" })).toBe(true);
    expect(isSafe("src", text, { ...page, tag: "video" })).toBe(false);
    expect(isSafe("href", text, { ...page, tag: "img" })).toBe(false);
  }
  for (
    const text of ["data:image/svg+xml,<svg/>", "data:image/png/x", "data:text/html,image/png"]
  ) {
    expect(isSafe("src", text, { ...page, tag: "img" })).toBe(false);
  }
});

test("a form is sent to the page's own origin", () => {
  for (const name of ["action", "formaction", "FormAction"]) {
    for (const text of ["/save", "?x", "", "http://example.org/x", "HTTP://EXAMPLE.ORG:80"]) {
      expect(isSafe(name, text, page), text).toBe(true);
    }
    for (
      const text of [
        ...["//other.example", "\\\\other.example", "https:other.example", "mailto:a@b"],
        ...["blob:http://example.org/x", "javascript:alert(1)", "data:text/html,x"],
      ]
    ) expect(isSafe(name, text, page), text).toBe(false);
    expect(isSafe(name, "/save", { ...page, origin: "null" })).toBe(false);
  }
});

test("any other attribute may have any text", () => {
  expect(isSafe("title", "javascript:x", page)).toBe(true);
});

test("what runs or loads something is never bound, under no name", () => {
  const elements = [
    "script",
    "STYLE",
    "iframe",
    "frame",
    "object",
    "embed",
    "base",
    "link",
    "meta",
  ];
  const more = ["noscript", "animate", "animateMotion", "animateTransform", "set", "use"];
  expect([...elements, ...more].filter(isBindable)).toEqual([]);
  expect(["a", "img", "svg", "path", "settings", "user-card"].filter(isBindable)).toHaveLength(6);
  const names = [
    "onclick",
    "ONLOAD",
    "style",
    "srcdoc",
    "srcset",
    "imagesrcset",
    "ping",
    "attributionsrc",
    "is",
  ];
  const others = ["nonce", "integrity", "http-equiv", "target", "method", "enctype", "sandbox"];
  const forms = ["formtarget", "formmethod", "formenctype"];
  const ours = ["na-click", "data-na-click", "ng-bind", "NA-IF"];
  expect([...names, ...others, ...forms, ...ours].filter(isSettable)).toEqual([]);
  expect(["title", "disabled", "data-n", "aria-on", "href", "formaction"].filter(isSettable))
    .toHaveLength(6);
  expect(["a b", "", "1", "a=b", "a>", "é", "-x"].filter(isAttributeName)).toEqual([]);
});

test("booleans are an attribute or none, but for aria-* and data-*", () => {
  const values = [true, false, undefined, null, "", 0, NaN, "x", {}, []];
  expect(values.map((value) => attributeText("disabled", value)))
    .toEqual(["", null, null, null, "", "0", "NaN", "x", null, null]);
  expect(values.slice(0, 4).map((value) => attributeText("aria-busy", value)))
    .toEqual(["true", "false", null, null]);
  expect(attributeText("data-x", false)).toBe("false");
});
