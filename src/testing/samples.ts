const bytes = new Uint8Array([0, 1, 127, 128, 255]);

/** A value of each type that can be stored, and the difficult ones of each. */
export const samples: readonly unknown[] = [
  ...["", "text", "é ☘ 😀", "\0\x01\u2028</script>", "\ud800 lone", '"\\'],
  ...[0, -0, 1.5, -1e308, 5e-324, NaN, Infinity, -Infinity],
  ...[true, false, null, undefined, 0n, -(2n ** 70n)],
  ...[new Date(0), new Date(-8.64e15), new Date(NaN)],
  ...[{}, [], [[], [[1], [2, [3]]]], { b: 1, a: { "": { " ": [null] } }, 2: 1, 1: 2 }],
  ...[[undefined, null, , NaN], { no: undefined }],
  ...[new Map<unknown, unknown>([[1, "a"], ["1", new Map()]]), new Set([3, 1, 2, {}])],
  ...[bytes, bytes.buffer, bytes.subarray(1, 3), new Float64Array([NaN, -0, 0.1])],
  ...[new BigInt64Array([-1n]), new Uint16Array(0)],
  { at: new Date(1), text: "\ud800 lone \0", "\udfff": 1 },
  { at: new Date(1), tags: new Set(["x"]), list: [{ id: 1n, bytes }, { id: 2n }] },
];
