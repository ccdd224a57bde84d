import { parseArgs } from "node:util";

/** A bench of one backend or part, which runs thoroughly, or quickly in fewer and shorter rounds. */
type Bench = (pace: "quick" | "thorough") => Promise<void>;

/** Runs the benches that the command line names, or all of them. With `--quick` it says first what that takes less of. */
export async function runBenches(
  benches: Readonly<Record<string, Bench>>,
  { quickly }: { readonly quickly: string },
): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: "boolean", default: false } },
  });
  if (values.quick) {
    console.log(`The quick run: ${quickly}, so its numbers are rougher than usual.`);
  }
  for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
    const bench = benches[name];
    if (!bench) {
      throw new Error(`Cannot measure ${name}: choose from ${Object.keys(benches).join(", ")}`);
    }
    await bench(values.quick ? "quick" : "thorough");
  }
}
