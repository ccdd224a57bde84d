import { hidesParts, isJsonScalar, Seen } from "./json-tree.ts";
import { isPlainArray, isPlainObject } from "./plain.ts";

/** Stands for what is no tree of plain JSON. */
const misfit = Symbol("misfit");

type Properties = Readonly<Record<string, unknown>>;

/**
 * Returns a copy of a value that shares with another one, a tree of plain JSON, all that is the same at the same place,
 * or under the same `id` in the same list: the other one itself, if that is everything. Returns `undefined` where the
 * value is no tree of plain JSON, no deeper than `maxDepth`: as `isJsonTree` decides it, in the same walk.
 */
export function copyLike(value: object, like: object, maxDepth: number): object | undefined {
  const copied = copy(value, like, { seen: new Seen(), depthLeft: maxDepth });
  return copied === misfit ? undefined : copied as object;
}

/** What the walk has met, and how deep it may still go. */
interface Walk {
  readonly seen: Seen;
  depthLeft: number;
}

function copy(value: unknown, like: unknown, walk: Walk): unknown {
  if (typeof value === "object" && value !== null) return copyObject(value, like, walk);
  return isJsonScalar(value) ? value : misfit;
}

function copyObject(value: object, like: unknown, walk: Walk): unknown {
  if (walk.depthLeft === 0 || !walk.seen.add(value)) return misfit;
  if (hidesParts(value)) return misfit;
  walk.depthLeft--;
  const isLikeList = Array.isArray(like);
  const copied = isPlainArray(value)
    ? copyList(value, isLikeList ? like : undefined, walk)
    : isPlainObject(value)
    ? copyRecord(value as Properties, isLikeList ? undefined : recordOf(like), walk)
    : misfit;
  walk.depthLeft++;
  return copied;
}

function recordOf(value: unknown): Properties | undefined {
  return typeof value === "object" && value !== null ? value as Properties : undefined;
}

function copyList(
  list: readonly unknown[],
  like: readonly unknown[] | undefined,
  walk: Walk,
): unknown {
  const { length } = list;
  // Faster than the keys. A hole is no JSON, and a property of another name may have made up for it in the count.
  if (Object.values(list).length !== length) return misfit;
  const copied: unknown[] = [];
  let isSame = like?.length === length;
  const modelOf = like && modelsIn(like);
  for (let index = 0; index < length; index++) {
    const item = list[index];
    const part = copy(item, modelOf?.(item, index), walk);
    if (part === misfit) return misfit;
    copied.push(part);
    if (isSame) isSame = part === like![index];
  }
  return isSame ? like : copied;
}

/**
 * Returns what finds the item of a list that another one is compared with: that in the same place, and from the first on
 * that has another `id` there, the one with its `id`. Each is found once, or two items would share its parts.
 */
function modelsIn(like: readonly unknown[]): (item: unknown, index: number) => unknown {
  let byId: Map<unknown, unknown> | undefined;
  return (item, index) => {
    const id = idOf(item);
    if (!byId) {
      const model = like[index];
      if (id === undefined || id === idOf(model)) return model;
      byId = new Map(like.slice(index).map((each) => [idOf(each), each]));
    }
    const model = byId.get(id);
    byId.delete(id);
    return model;
  };
}

/** Returns the `id` of an item. It only says what the item is compared with, so it may be inherited. */
function idOf(item: unknown): unknown {
  return (item as { readonly id?: unknown } | null | undefined)?.id;
}

function copyRecord(record: Properties, like: Properties | undefined, walk: Walk): unknown {
  const names = Object.keys(record);
  const likeNames = like && Object.keys(like);
  let copied: Record<string, unknown> | undefined = likeNames?.length === names.length
    ? undefined
    : { ...record };
  for (let index = 0; index < names.length; index++) {
    const name = names[index]!;
    if (name === "__proto__") return misfit;
    const isLiked = likeNames !== undefined &&
      (likeNames[index] === name || Object.hasOwn(like!, name));
    const model = isLiked ? like![name] : undefined;
    const part = copy(record[name], model, walk);
    if (part === misfit) return misfit;
    if (!copied && (!isLiked || part !== model)) {
      copied = { ...record };
      for (let earlier = 0; earlier < index; earlier++) {
        copied[names[earlier]!] = like![names[earlier]!];
      }
    }
    // A spread has defined it, so no setter of `Object.prototype` is reached.
    if (copied) copied[name] = part;
  }
  return copied ?? like;
}
