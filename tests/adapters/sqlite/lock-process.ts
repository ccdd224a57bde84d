/**
 * A process of its own that locks a SQLite file: `node lock-process.ts path`. It prints a line once it has, and ends the
 * transaction and itself when its input ends.
 */
import { DatabaseSync } from "node:sqlite";

const database = new DatabaseSync(process.argv[2]!, { timeout: 10_000 });
database.exec("begin immediate");
process.stdout.write("locked\n");
process.stdin.on("end", () => {
  database.exec("commit");
  database.close();
});
process.stdin.resume();
