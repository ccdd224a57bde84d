import type { Address } from "../processor/address.ts";
import type { Engine } from "../processor/engine.ts";
import { isBehind, type Revision } from "../processor/epoch.ts";
import type { Have } from "../processor/have.ts";
import type { BroadcastNews } from "../processor/hub.ts";
import type { News } from "../processor/mod.ts";
import type { RawApplied } from "../processor/outcome.ts";
import { own } from "../shared/own.ts";
import type { Followed, FollowOptions, Opened, OpenOptions } from "./home.ts";
import { type Passing, passingOf } from "./passing.ts";
import { resumed } from "./resumed.ts";
import type { ReadState, SharedState, SharedStates } from "./shared-states.ts";
import type { Sight } from "./sight.ts";
import { type SeeOptions, ToldInstance } from "./told-instance.ts";
import type { Seat, SeatOptions } from "./viewer-list.ts";
import type { ViewerLists } from "./viewer-lists.ts";

/** What the hub said of an instance. Without a state, the store has to be asked. */
interface Heard {
  readonly rev: number;
  readonly epoch: string | undefined;
  readonly state: object | undefined;
}

const nothing: Heard = { rev: 0, epoch: undefined, state: undefined };

/** Options of {@link FollowedInstance}. */
export interface FollowedInstanceOptions extends
  Pick<
    FollowOptions,
    "token" | "protocol" | "isPoll" | "user" | "userKey" | "onNews" | "onPassing"
  >,
  Pick<SeatOptions, "place" | "onPlace"> {
  readonly engine: Engine;
  readonly states: SharedStates;
  /** Lists who looks on, if anybody wants to know. */
  readonly viewers?: ViewerLists | undefined;
}

/** An instance that a stream follows: hears of its changes by the hub, and looks into the store for the others. */
export class FollowedInstance implements Followed {
  readonly type: string;
  readonly id: string;
  readonly #options: FollowedInstanceOptions;
  readonly #told: ToldInstance;
  readonly #shared: SharedState;
  readonly #seat: Seat | undefined;
  /** The newest revision that was heard of. */
  #heard: Heard = nothing;
  /** The newest of what was heard before the page had its first sight. */
  #early: Heard = nothing;
  /** The newest news that was not seen yet. */
  #news: Heard | undefined;
  /** What was heard of last, and was not read yet. */
  #sought: Revision | undefined;
  /** Whether the page has its first sight. */
  #isStarted = false;
  #isLeft = false;
  readonly #leave: () => void;

  /** Listens from here on, so no change is missed between the first sight and the next one. */
  constructor({ type, id }: Address, options: FollowedInstanceOptions) {
    const { engine, states, isPoll } = options;
    const viewers = isPoll ? undefined : options.viewers;
    this.type = type;
    this.id = id;
    this.#options = options;
    this.#told = new ToldInstance({ type, id });
    const unsubscribe = engine.subscribe({ type, id }, (news) => this.#hear(news));
    const { state, leave } = states.follow(engine.source, { type, id });
    this.#shared = state;
    const seated = viewers?.follow(engine.source, { type, id }, {
      ...options,
      onList: (passing) => this.#passOn(passing),
    });
    this.#seat = seated?.seat;
    this.#leave = () => {
      unsubscribe();
      leave();
      seated?.leave();
    };
  }

  /** Whether the page was told last that something is to be seen. */
  get isVisible(): boolean {
    return this.#told.told !== undefined;
  }

  /** Stops following. Whatever is still brought makes no difference. */
  leave(): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#news = undefined;
    this.#leave();
  }

  /**
   * Mounts the instance, and returns what is seen of it first: what differs from what the page has or, if that cannot be
   * told, the whole.
   */
  async mount({ context, have }: OpenOptions): Promise<Opened> {
    const outcome = await this.#options.engine.mount(this, context, have);
    if (!outcome.ok) return outcome;
    const sight = await this.#open(outcome, have);
    if (!this.#isLeft) this.#seat?.see(this.isVisible);
    const { schemas } = outcome;
    return { ok: true, sight: sight.kind === "shown" ? { ...sight, schemas } : sight };
  }

  /** Goes on with a page that was told of all that is stored, before its process forgot what. */
  restore(stored: ReadState | undefined): void {
    if (stored) {
      const { rev, epoch } = stored;
      this.#heard = { rev, epoch, state: undefined };
      const keyOf = this.#options.engine.keyOf(this.type);
      const { projection } = this.#project(this.#shared.share(stored, keyOf));
      if (projection) this.#told.resume({ rev, epoch, projection });
    }
    this.#seat?.restore(this.isVisible);
    this.start();
  }

  async #open(mounted: RawApplied, have: Have | undefined): Promise<Sight> {
    const { engine } = this.#options;
    // A replica that lags behind must not take the page back.
    const latest: ReadState | undefined = have && isBehind(mounted, have)
      ? await engine.readLatest(this).catch(() => undefined)
      : undefined;
    const now = latest ?? (mounted.state && { ...mounted, state: mounted.state });
    if (!now) {
      const { rev, epoch } = mounted;
      this.#heard = { rev, epoch, state: undefined };
      return this.#told.first({ rev, epoch, projected: { code: "deleted" } });
    }
    const project = (state: object) => this.#project(state);
    const resume = have && await resumed(engine, this, { have, now, project });
    if (resume) this.#told.resume(resume.told);
    const { rev, epoch, state } = resume?.now ?? now;
    const keyOf = engine.keyOf(this.type);
    const projected = project(this.#shared.share({ rev, epoch, state }, keyOf));
    const sight = this.#told.first({ rev, epoch, projected, keyOf });
    this.#heard = { rev, epoch, state: undefined };
    return sight;
  }

  /** Goes on from the first sight, which comes before all news. */
  start(): void {
    this.#isStarted = true;
    this.#take(this.#early);
  }

  /**
   * Returns whether the page is going to be told of a revision that its own event has made, or was told already. If so,
   * it is told even if it sees no difference by then.
   */
  promise({ rev, epoch }: Revision): boolean {
    const { told } = this.#told;
    if (told?.epoch !== epoch || this.#heard.epoch !== epoch) return false;
    if (told.rev >= rev) return true;
    if (this.#heard.rev < rev) return false;
    this.#told.await();
    if (!this.#news) this.lookLater();
    return true;
  }

  /** Hears that who looks has changed, and may see other things. */
  become(): void {
    this.#seat?.become();
    if (this.#options.engine.hasView(this.type)) this.lookLater();
  }

  /** Asks the store when the news is seen. */
  lookLater(): void {
    this.#tell({ ...this.#heard, state: undefined });
  }

  /** Returns what is new, if anything is. */
  see(options: SeeOptions = {}): Sight | undefined | Promise<Sight | undefined> {
    const news = this.#news;
    this.#news = undefined;
    if (!news || this.#isLeft) return undefined;
    const { rev, epoch, state } = news;
    if (state === undefined || epoch === undefined) return this.look(options);
    return this.#see({ rev, epoch, state }, options);
  }

  /** Finds what the hub did not carry, such as a change made in another process. */
  async look(options: SeeOptions = {}): Promise<Sight | undefined> {
    const { engine } = this.#options;
    const sought = this.#sought;
    this.#sought = undefined;
    let stored = await engine.read(this);
    const { told } = this.#told;
    // What answers may be a replica that lags behind.
    const isLate = (known: Revision | undefined) =>
      known !== undefined && known.rev > 0 && (!stored || isBehind(stored, known));
    if (isLate(told) || isLate(sought)) stored = await engine.readLatest(this);
    if (this.#isLeft) return undefined;
    // What was never stored cannot have been deleted.
    if (!stored) return told?.rev === 0 ? undefined : this.#seen(this.#told.hide("deleted"));
    return this.#see(stored, options);
  }

  #see(read: ReadState, options: SeeOptions = {}): Sight | undefined {
    const { rev, epoch } = read;
    this.#heard = { rev, epoch, state: undefined };
    const keyOf = this.#options.engine.keyOf(this.type);
    const projected = this.#project(this.#shared.share(read, keyOf));
    return this.#seen(this.#told.see({ rev, epoch, projected, keyOf }, options));
  }

  /** Notes whether anything is to be seen by now. */
  #seen(sight: Sight | undefined): Sight | undefined {
    this.#seat?.see(this.isVisible);
    return sight;
  }

  #project(state: object): ReturnType<Engine["project"]> {
    const { engine, user } = this.#options;
    const { type, id } = this;
    return engine.project(state, { type, id, user: user() });
  }

  #hear(news: News): void {
    const heard = own(news);
    if (this.#isLeft) return;
    if (heard.kind === "broadcast") return this.#pass(news as BroadcastNews);
    if (heard.kind !== "change") return;
    const { rev, epoch, state, origin } = heard;
    if (origin?.stream === this.#options.token) this.#told.name(rev, origin.eventId);
    if (this.#isStarted) this.#take({ rev, epoch, state });
    else if (rev > this.#early.rev || epoch !== this.#early.epoch) {
      this.#early = { rev, epoch, state };
    }
  }

  #pass(news: BroadcastNews): void {
    if (!this.#isStarted || news.origin?.stream === this.#options.token) return;
    // What the page is to see next may show something again.
    if (this.isVisible || this.#news) this.#passOn(passingOf(news));
  }

  #passOn(passing: Passing): void {
    const { protocol, onPassing } = this.#options;
    if (protocol === 2) onPassing(this, passing);
  }

  #take({ rev, epoch, state }: Heard): void {
    const known = this.#heard;
    const isOther = epoch !== undefined && epoch !== known.epoch;
    this.#seek({ rev, epoch: epoch ?? known.epoch });
    // News that is not newer is old, or of an instance that was replaced: the store shows which.
    if (isOther || rev < known.rev && rev > 0) return this.lookLater();
    if (rev <= known.rev) return;
    this.#heard = { rev, epoch: known.epoch, state: undefined };
    this.#tell({ rev, epoch: known.epoch, state });
  }

  #seek({ rev, epoch }: Pick<Heard, "rev" | "epoch">): void {
    if (epoch === undefined || rev === 0) return;
    const sought = this.#sought;
    // News may come in any order.
    if (sought?.epoch !== epoch || sought.rev < rev) this.#sought = { rev, epoch };
  }

  #tell(news: Heard): void {
    if (this.#isLeft) return;
    this.#news = news;
    this.#options.onNews(this);
  }
}
