import fc from "fast-check";
import { expect, test } from "vitest";
import { liveQuery, Ramify, type Schema } from "../../../src/store/mod.ts";
import { answer, isEvenlyNamed, type Item, Naive, type Question, show } from "./naive.ts";
import { anyCommand, type Command, question } from "./program.ts";

// For longer runs: RIAN_MODEL_RUNS=100000 npm run test:node -- tests/store/model
// A failure prints its seed; RIAN_SEED=<seed> repeats it.
const runs = Number(process.env.RIAN_MODEL_RUNS ?? 60);
const seed = Number(process.env.RIAN_SEED ?? Date.now() % 2 ** 31);
const stepsPerRun = 200;

const schema = {
  primaryKey: "id",
  indexes: ["status", "active", "n", "stats.level", "at", "tags"],
  multiEntry: ["tags"],
  ordered: ["n", "at", "status", "id", ["status", "n"], ["status", "rank"]],
  unique: ["code"],
} as unknown as Schema<{ id: number }, "id">;

const faults: unknown[] = [];

function openStore() {
  return new Ramify().createStore<{ items: Schema<{ id: number }, "id"> }>({ items: schema }, {
    onError: (error) => faults.push(error),
  });
}

type Items = ReturnType<typeof openStore>["items"];

/** Returns the query of a question. */
function queryOf(items: Items, { criteria, comparisons, ...rest }: Question) {
  // deno-lint-ignore no-explicit-any -- random programs are beyond the types
  let query: any = items.where(criteria);
  for (const { path, operator, operands } of comparisons) {
    const where = query.where(path.includes("+") ? path.split("+") : path);
    if (["anyOf", "allOf", "noneOf"].includes(operator)) query = where[operator](operands);
    else if (operator === "betweenOpen") {
      query = where.between(...operands, { lowerOpen: true, upperOpen: true });
    } else query = where[operator](...operands);
  }
  if (rest.sortBy) query = query.sortBy(rest.sortBy);
  if (rest.filtered) query = query.filter(isEvenlyNamed);
  if (rest.reverse) query = query.reverse();
  if (rest.after !== undefined) query = query.after(rest.after);
  return query.offset(rest.offset).limit(rest.limit);
}

function run(items: Items, db: ReturnType<typeof openStore>, command: Command): unknown {
  // deno-lint-ignore no-explicit-any -- random programs are beyond the types
  const any = items as any;
  switch (command.do) {
    case "add":
    case "put":
      return any[command.do](command.item);
    case "bulkAdd":
    case "bulkPut":
      return any[command.do](command.items);
    case "update":
      return any.update(command.key, command.changes);
    case "bulkUpdate":
      return any.bulkUpdate(command.keys, command.changes);
    case "delete":
      return any.delete(command.key);
    case "bulkDelete":
      return any.bulkDelete(command.keys);
    case "clear":
      return any.clear();
    case "modify":
      return queryOf(items, command.question).modify(command.changes);
    case "deleteFound":
      return queryOf(items, command.question).delete();
    case "transaction":
      return attempt(command.isCaught, () =>
        db.transaction(() => {
          const results = command.commands.map((inner) => run(items, db, inner));
          if (command.fails) throw new Error("asked to fail");
          return results;
        }));
  }
}

function attempt(isCaught: boolean, work: () => unknown): unknown {
  if (!isCaught) return work();
  try {
    return work();
  } catch {
    return "caught";
  }
}

function runNaively(naive: Naive, command: Command): unknown {
  const found = (question: Question) => answer(naive.items, question).map(({ id }) => id);
  return naive.attempt(() => {
    switch (command.do) {
      case "add":
      case "put":
        return naive[command.do](command.item);
      case "bulkAdd":
        return command.items.map((item) => naive.add(item));
      case "bulkPut":
        return command.items.map((item) => naive.put(item));
      case "update":
        return naive.update(command.key, command.changes);
      case "bulkUpdate":
        return command.keys.map((key) => naive.update(key, command.changes));
      case "delete":
        return naive.delete(command.key);
      case "bulkDelete":
        return command.keys.map((key) => naive.delete(key));
      case "clear":
        naive.items = [];
        return undefined;
      case "modify":
        return found(command.question).map((key) => naive.update(key, command.changes));
      case "deleteFound":
        return found(command.question).map((key) => naive.delete(key));
      case "transaction":
        return attempt(command.isCaught, () =>
          naive.attempt(() => {
            const results = command.commands.map((inner) => runNaively(naive, inner));
            if (command.fails) throw new Error("asked to fail");
            return results;
          }));
    }
  });
}

/** Returns the result of work as text, or that it threw. */
function outcome(work: () => unknown): string {
  try {
    return show(work());
  } catch (error) {
    return error instanceof TypeError || error instanceof Error ? "threw" : show(error);
  }
}

/** Returns a copy of a collection that follows what its observers hear. */
function follow(items: Items): Map<string, string> {
  const copy = new Map<string, string>();
  items.subscribe((type, keys, { before, after }) => {
    expect(keys.length).toBeGreaterThan(0);
    for (const [i, key] of keys.entries()) {
      expect(show(before[i])).toBe(copy.get(show(key)) ?? show(undefined));
      expect([before[i] === undefined, after[i] === undefined]).toEqual([
        type === "create",
        type === "delete" || type === "clear",
      ]);
      if (after[i] === undefined) copy.delete(show(key));
      else copy.set(show(key), show(after[i]));
    }
    if (type === "clear") expect(copy.size).toBe(0);
  });
  return copy;
}

/** Follows questions by live queries. Returns, for each, what reads its latest answer; every third has no listener. */
function followLive(items: Items, questions: readonly Question[]): (() => string)[] {
  return questions.map((question, i) => {
    const live = liveQuery(() => queryOf(items, question).toArray());
    if (i % 3 === 0) return () => show(live.getSnapshot());
    let heard: unknown;
    live.subscribe((answer) => heard = answer);
    return () => {
      expect(live.getSnapshot()).toBe(heard);
      return show(heard);
    };
  });
}

test(
  "any program leaves the store as an array and full scans would, and its followers know all of it",
  () => {
    const step = fc.record({
      command: anyCommand,
      questions: fc.array(question, { maxLength: 3 }),
    });
    const program = fc.array(step, { minLength: stepsPerRun, maxLength: stepsPerRun, size: "max" });
    let steps = 0;
    // The store records less when nobody listens, and has to roll it back all the same.
    const anyFollowed = fc.option(fc.array(question, { maxLength: 6 }), { freq: 2 });
    fc.assert(
      fc.property(program, anyFollowed, (program, questionsFollowed) => {
        const db = openStore();
        const { items } = db;
        const naive = new Naive();
        const copy = questionsFollowed && follow(items);
        const followed = questionsFollowed ?? [];
        const live = followLive(items, followed);
        for (const { command, questions } of program) {
          steps++;
          expect(outcome(() => run(items, db, command)), show(command)).toBe(
            outcome(() => runNaively(naive, command)),
          );
          expect(show(items.toArray()), show(command)).toBe(show(naive.items));
          expect(faults).toEqual([]);
          if (copy) {
            expect(show([...copy].sort()), show(command)).toBe(
              show(naive.items.map((item) => [show(item.id), show(item)]).sort()),
            );
          }
          for (const [i, answered] of live.entries()) {
            expect(answered(), show(followed[i])).toBe(show(answer(naive.items, followed[i]!)));
          }
          for (const question of questions) {
            const expected = answer(naive.items, question).map((item: Item) => item.id);
            const query = queryOf(items, question);
            expect(show(query.keys()), show(question)).toBe(show(expected));
            expect(query.count(), show(question)).toBe(expected.length);
            expect(show(query.first()?.id), show(question)).toBe(show(expected[0]));
            expect(show(query.last()?.id), show(question)).toBe(show(expected.at(-1)));
          }
        }
      }),
      { numRuns: runs, seed, endOnFailure: process.env.RIAN_SEED === undefined },
    );
    expect(steps).toBeGreaterThanOrEqual(runs * stepsPerRun);
  },
  runs * 10_000,
);
