import { toText } from "./evaluate.ts";

/** Makes of a value what is shown of it, by the argument after its name. Values that it is not for are shown as they are. */
export type FormatFunction = (value: unknown, argument: string | undefined) => unknown;

/** Options of {@link builtInFormats}. */
export interface FormatsOptions {
  /** The language, such as `"de-AT"`; that of the runtime by default. */
  readonly locale?: string | undefined;
  /** The time zone, such as `"Europe/Dublin"`; that of the runtime by default. */
  readonly timeZone?: string | undefined;
  /** Returns the time in milliseconds. */
  readonly now?: () => number;
}

type Style = "full" | "long" | "medium" | "short";

const units: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/**
 * Returns the formats that expressions have: `number[:digits] percent[:digits] currency:EUR relative list`, and
 * `date`, `time` and `datetime`, each with `:short`, `:medium`, `:long` or `:full`.
 */
export function builtInFormats(
  { locale, timeZone, now = Date.now }: FormatsOptions = {},
): Readonly<Record<string, FormatFunction>> {
  const language = supported(locale);
  // Making one takes longer than using it a hundred times.
  const made = new Map<string, unknown>();

  function once<Made>(make: (language: string | undefined, options: object) => Made): (
    options: object,
  ) => Made {
    return (options) => {
      const key = make.name + JSON.stringify(options);
      const known = made.get(key) ?? make(language, options);
      made.set(key, known);
      return known as Made;
    };
  }

  const numbers = once(function number(language, options) {
    return new Intl.NumberFormat(language, options);
  });
  const dates = once(function date(language, options) {
    return new Intl.DateTimeFormat(language, options);
  });
  const times = once(function relative(language, options) {
    return new Intl.RelativeTimeFormat(language, options);
  });
  const lists = once(function list(language, options) {
    return new Intl.ListFormat(language, options);
  });

  function showNumber(value: unknown, options: object): unknown {
    const number = numberIn(value);
    return number === undefined ? value : numbers(options).format(number);
  }

  function digits(argument: string | undefined): object {
    if (argument === undefined) return {};
    return { minimumFractionDigits: +argument, maximumFractionDigits: +argument };
  }

  function showDate(value: unknown, styles: object): unknown {
    const time = timeIn(value);
    if (time === undefined) return value;
    const zone = isDay(value) ? "UTC" : timeZone;
    return dates({ ...styles, timeZone: zone }).format(time);
  }

  return {
    number: (value, argument) => showNumber(value, digits(argument)),
    percent: (value, argument) => showNumber(value, { style: "percent", ...digits(argument) }),
    currency: (value, currency) => showNumber(value, { style: "currency", currency }),
    date: (value, style) => showDate(value, { dateStyle: (style ?? "medium") as Style }),
    time: (value, style) => showDate(value, { timeStyle: (style ?? "short") as Style }),
    datetime: (value, style) =>
      showDate(value, { dateStyle: style ?? "medium", timeStyle: style ?? "short" }),
    relative(value) {
      const time = timeIn(value);
      if (time === undefined) return value;
      const seconds = (time - now()) / 1_000;
      const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
      return times({ numeric: "auto" }).format(Math.trunc(seconds / size), unit);
    },
    list: (value) => Array.isArray(value) ? lists({}).format(value.map(toText)) : value,
  };
}

function supported(locale: string | undefined): string | undefined {
  try {
    return locale ? Intl.getCanonicalLocales(locale)[0] : undefined;
  } catch {
    return undefined;
  }
}

function numberIn(value: unknown): number | undefined {
  const isText = typeof value === "string" && value.trim() !== "";
  const number = typeof value === "number" || isText ? Number(value) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** Returns whether a text is a date without a time, which is the same day everywhere. */
function isDay(value: unknown): boolean {
  return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value);
}

function timeIn(value: unknown): number | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const time = new Date(value).getTime();
  return value === "" || Number.isNaN(time) ? undefined : time;
}
