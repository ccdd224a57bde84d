import fc from "fast-check";
import { expect, test } from "vitest";
import { builtInFormats } from "../../src/page/formats.ts";

const now = Date.UTC(2026, 10, 30, 12);
const irish = builtInFormats({ locale: "en-IE", timeZone: "Europe/Dublin", now: () => now });
const german = builtInFormats({ locale: "de-DE", timeZone: "Asia/Tokyo", now: () => now });

/** Returns a text with every space plain: some runtimes put narrow ones between numbers and units. */
function plain(value: unknown): string {
  return String(value).replaceAll(/\s/g, " ");
}

test("numbers are written as in the language of the page", () => {
  expect(plain(irish["number"]!(1234.5, undefined))).toBe("1,234.5");
  expect(plain(german["number"]!("1234.5", "2"))).toBe("1.234,50");
  expect(plain(irish["percent"]!(0.256, undefined))).toBe("26%");
  expect(plain(german["percent"]!(0.256, "1"))).toBe("25,6 %");
  expect(plain(irish["currency"]!(12, "EUR"))).toBe("€12.00");
  expect(plain(german["currency"]!(12, "JPY"))).toBe("12 ¥");
});

test("a date without a time is the same day everywhere, and any other is in the time zone", () => {
  expect(plain(irish["date"]!("2026-12-01", undefined))).toBe("1 Dec 2026");
  expect(plain(german["date"]!("2026-12-01", "full"))).toBe("Dienstag, 1. Dezember 2026");
  expect(plain(german["date"]!("2026-12-01T20:00:00Z", "short"))).toBe("02.12.26");
  expect(plain(irish["time"]!(now, undefined))).toBe("12:00");
  expect(plain(german["time"]!(now, undefined))).toBe("21:00");
  expect(plain(german["datetime"]!(now, undefined))).toContain("30.11.2026");
});

test("a relative time is in the largest unit that fits", () => {
  const ago = (milliseconds: number) => plain(irish["relative"]!(now - milliseconds, undefined));
  expect([ago(0), ago(-59_000), ago(90_000), ago(86_400_000), ago(-8 * 86_400_000)])
    .toEqual(["now", "in 59 seconds", "1 minute ago", "yesterday", "next week"]);
  expect(ago(-3 * 31_557_600_000)).toBe("in 3 years");
});

test("a list is joined as in the language of the page", () => {
  expect(irish["list"]!(["a", 1, true], undefined)).toBe("a, 1 and true");
  expect(german["list"]!(["a", "b"], undefined)).toBe("a und b");
});

test("values that a format is not for are shown as they are", () => {
  const values = fc.constantFrom(undefined, null, "", " ", "soon", true, {}, NaN, Infinity);
  fc.assert(fc.property(values, fc.constantFrom(...Object.keys(irish)), (value, name) => {
    const argument = name === "currency" ? "EUR" : undefined;
    expect(irish[name]!(value, argument)).toBe(value);
  }));
});

test("a language that is none is that of the runtime", () => {
  expect(builtInFormats({ locale: "no such language" })["number"]!(1, undefined)).toBe("1");
});
