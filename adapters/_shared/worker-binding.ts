/**
 * Refuses a binding that is not there, whatever the types of the Worker say.
 *
 * @param name What the binding is for, as errors name it.
 * @param section Where the Worker's configuration names such bindings.
 * @throws {TypeError} when there is none.
 */
export function assertBound(
  binding: unknown,
  { name, section }: { readonly name: string; readonly section: string },
): void {
  if (binding) return;
  throw new TypeError(
    `Cannot use ${name}: the Worker has no such binding; name it under ${section} in its configuration`,
  );
}
