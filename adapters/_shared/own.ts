/**
 * Returns options without a prototype, for calls of a platform: it would read what another library has put on
 * `Object.prototype` as options too, such as a time after which everything expires.
 */
export function own<Options extends object>(options: Options): Options {
  return Object.assign(Object.create(null), options);
}
