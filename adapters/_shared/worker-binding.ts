/**
 * Refuses a binding that is missing, whatever the types of the Worker say.
 *
 * @param name The backend, as errors name it.
 * @param section The section of the Worker's configuration that declares such bindings.
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
