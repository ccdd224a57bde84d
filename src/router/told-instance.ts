import type { Address } from "../processor/address.ts";
import type { Revision } from "../processor/epoch.ts";
import { maxNamedEvents } from "../processor/frames.ts";
import type { GoneCode, Shown } from "../processor/instance-frames.ts";
import type { KeyOf } from "../processor/list-keys.ts";
import { differs, sharing } from "../processor/operations-between.ts";
import { JsonSizes } from "../processor/operations/json-sizes.ts";
import type { Projected } from "../processor/projection.ts";
import { wireTag } from "../processor/wire-tag.ts";
import type { Sight } from "./sight.ts";

/** How many characters of JSON a state may have that is kept for one viewer alone. */
const maxOwnProjection = 1_000_000;

/** What a page was told of an instance last. Of a state too large to keep, the tag is left. */
type Told = Shown | (Revision & { readonly projection?: never; readonly tag: string });

/** What is seen of an instance now. */
export interface Seen extends Revision {
  readonly projected: Projected;
  /** Returns by what the items of its lists are told apart. */
  readonly keyOf?: KeyOf | undefined;
}

/** When an instance is seen. */
export interface SeeOptions {
  /** Whether it is time for a sign of life. */
  readonly isHeartbeat?: boolean;
  /** Whether the page waits for the first sight. */
  readonly isFirst?: boolean;
}

/** What one page was told of an instance, and what it is to be told next. */
export class ToldInstance implements Address {
  readonly type: string;
  readonly id: string;
  /** `undefined` where the page shows nothing. */
  #told: Told | undefined;
  /** The page's own events that it was not told of yet. */
  #named: { readonly rev: number; readonly eventId: string }[] = [];
  /** Whether the page waits for the next revision, though it may see no difference. */
  #isAwaited = false;

  constructor({ type, id }: Address) {
    this.type = type;
    this.id = id;
  }

  /** What the page was told last, if it shows anything. */
  get told(): Revision | undefined {
    return this.#told;
  }

  /** Notes what the page has, as it says and the server can tell. */
  resume(told: Shown): void {
    this.#told = told;
  }

  /** Notes an event of the page itself, which the page learns of by the patch that contains it. */
  name(rev: number, eventId: string): void {
    this.#named.push({ rev, eventId });
    if (this.#named.length > maxNamedEvents) this.#named.shift();
  }

  /** Makes the next look tell the revision to the page, whether or not it sees a difference. */
  await(): void {
    this.#isAwaited = true;
  }

  /** Returns what to tell the page when nothing is to be seen of the instance. */
  hide(code: GoneCode): Sight | undefined {
    const isTold = this.#told !== undefined;
    this.#told = undefined;
    return isTold ? this.#gone(code) : undefined;
  }

  /** Returns what to tell the page first. */
  first(seen: Seen): Sight {
    const { projected } = seen;
    if (projected.projection) return this.see(seen, { isFirst: true })!;
    this.#told = undefined;
    return this.#gone(projected.code);
  }

  #gone(code: GoneCode): Sight {
    return { kind: "gone", type: this.type, id: this.id, code };
  }

  /**
   * Returns what to tell the page of the instance as it is now, if there is anything to tell. Where only the revision
   * has moved, that can wait for a heartbeat.
   */
  see(
    { rev, epoch, projected, keyOf }: Seen,
    { isHeartbeat = false, isFirst = false }: SeeOptions = {},
  ): Sight | undefined {
    if (projected.projection === undefined) return this.hide(projected.code);
    const { projection, isShared } = projected;
    const told = this.#told;
    const follows = told !== undefined && told.epoch === epoch && told.rev <= rev;
    if (!follows) return this.tell(undefined, { rev, epoch, projection }, isShared);
    const before = told.projection ?? (told.tag === wireTag(projection) ? projection : undefined);
    if (!before) return this.tell(undefined, { rev, epoch, projection }, isShared);
    const now = {
      rev,
      epoch,
      projection: isShared ? projection : sharing(before, projection, keyOf),
    };
    const isDifferent = differs(before, now.projection, keyOf);
    // Somebody wrote past the processor.
    if (told.rev === rev && isDifferent) return this.tell(undefined, now, isShared);
    const isDue = told.rev < rev && (isHeartbeat || this.#isAwaited);
    const isTold = isDifferent || isDue || isFirst;
    if (isTold) return this.tell({ rev: told.rev, epoch, projection: before }, now, isShared);
    if (told.projection) this.#told = { rev: told.rev, epoch, projection: now.projection };
    return undefined;
  }

  /** Returns what leads a page from what it was told to what is now, and takes it for told. */
  tell(told: Shown | undefined, now: Shown, isShared: boolean): Sight {
    const { type, id } = this;
    const { rev, epoch, projection } = now;
    const eventIds = this.#takeNamed(rev);
    this.#isAwaited = false;
    this.#told = isShared || isSmall(projection)
      ? { rev, epoch, projection }
      : { rev, epoch, tag: wireTag(projection) };
    return { kind: "shown", type, id, told, now, isShared, eventIds, schemas: [] };
  }

  /** Returns the page's own events up to a revision, of which it is told now. */
  #takeNamed(rev: number): readonly string[] {
    if (this.#named.length === 0) return [];
    const taken = this.#named.filter((named) => named.rev <= rev).map(({ eventId }) => eventId);
    this.#named = this.#named.filter((named) => named.rev > rev);
    return taken;
  }
}

function isSmall(projection: object): boolean {
  return new JsonSizes().sizeOf(projection, maxOwnProjection) < maxOwnProjection;
}
