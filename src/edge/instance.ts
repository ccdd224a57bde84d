import { answerOf, firstAnswerOf, isChangeSeen } from "../processor/answer.ts";
import { Engine } from "../processor/engine.ts";
import { type Address, MemoryHub, NascError } from "../processor/mod.ts";
import type { SenderContext } from "../processor/options.ts";
import { fail, type Failed } from "../processor/outcome.ts";
import { noPresence } from "../processor/presence.ts";
import { reportError } from "../processor/report-error.ts";
import { toWire } from "../processor/to-wire.ts";
import { parseLine } from "../processor/transfer/instance-line.ts";
import { codeBack } from "../router/close-codes.ts";
import { EngineHome } from "../router/engine-home.ts";
import { seenLine } from "../router/objects/seen-line.ts";
import {
  type Call,
  type Creation,
  type DeliverCall,
  type EventCall,
  type ImportCall,
  type QueueCall,
  status,
  type ViewerCall,
} from "../router/objects/wire.ts";
import { SharedStates } from "../router/shared-states.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { admit } from "./admission.ts";
import { Mail } from "./mail.ts";
import { exportOf, importInto } from "./moving.ts";
import { ObjectAddress } from "./object-address.ts";
import type { NascObjectOptions } from "./options.ts";
import {
  type HibernatingSocket,
  type ObjectContext,
  type ObjectRequest,
  socketPair,
  socketResponse,
} from "./platform.ts";
import { viewerOf } from "./viewing.ts";
import { Viewings } from "./viewings.ts";

/** Thrown where the Worker has to ask first whether the instance may come into being. */
class AbsentError extends NascError {
  constructor() {
    super("absent", "There is no such instance");
  }
}

/** The instance of one object: runs its events, and shows it to those who look. */
export class Instance {
  readonly #context: ObjectContext;
  readonly #env: unknown;
  readonly #options: NascObjectOptions;
  readonly #clock: Clock;
  readonly #mail: Mail;
  readonly #address: ObjectAddress;
  readonly #engine: Engine;
  readonly #viewings: Viewings;
  #own: Address | undefined;
  #awake: Promise<void> | undefined;

  constructor(context: ObjectContext, env: unknown, options: NascObjectOptions) {
    const { handlers, onEvent, presence, clock = systemClock } = options;
    this.#context = context;
    this.#env = env;
    this.#options = options;
    this.#clock = clock;
    this.#mail = new Mail(context, env, options);
    const { store, elsewhere } = this.#mail;
    this.#address = new ObjectAddress(context.id.name, store);
    this.#engine = new Engine(handlers, store, {
      ...options,
      hub: new MemoryHub(),
      // A message that waits for permission is none yet.
      ...(onEvent && {
        onEvent: (report) => report.code === "absent" ? undefined : onEvent(report),
      }),
      assertReachable: (address) => this.#assertOwn(address),
      viewersOf: (address) => {
        const { lists } = this.#viewings;
        if (!lists) throw new Error(noPresence("nascObject"));
        return lists.of(this.#engine.source, address);
      },
      elsewhere,
    });
    this.#viewings = new Viewings({
      context,
      engine: this.#engine,
      clock,
      presence,
      report: (error) => reportError(error, { eventId: "viewer", ...this.#own }, options),
    });
  }

  /** Answers a Worker's router, and nobody else. */
  async fetch(request: ObjectRequest): Promise<Response> {
    const admitted = await admit(request);
    if (!admitted || !await this.#address.is(admitted.call.address)) {
      return new Response("Only a router of rian reaches this object", {
        status: status.forbidden,
      });
    }
    const { name, call } = admitted;
    const moving = { engine: this.#engine, mail: this.#mail };
    await this.#wake(call.address);
    await this.#mail.load();
    switch (name) {
      case "event":
        return await this.#event(call as EventCall);
      case "read":
        return await this.#read(call);
      case "follow":
        return await this.#follow(call as ViewerCall);
      case "deliver":
        return await this.#mail.receive(this.#engine, call as DeliverCall);
      case "queue":
        return await this.#answer(name, () => this.#mail.answer(this.#engine, call as QueueCall));
      case "import":
        return await this.#answer(name, () => importInto(moving, call as ImportCall))
          .finally(() => this.#viewings.lookLater());
      case "export":
        return await this.#answer(name, () => exportOf(moving, call));
      default:
        return new Response(null, { status: status.forbidden });
    }
  }

  /** Hears from the Worker who looks now. */
  async hear(socket: HibernatingSocket, message: unknown): Promise<void> {
    await this.#wakeAt(socket);
    this.#viewings.hear(socket, message);
  }

  /** Delivers what was sent from here, when the alarm of the object rings. */
  async wakeUp(): Promise<void> {
    const socket = this.#context.getWebSockets().find((each) => viewerOf(each));
    if (socket) await this.#wakeAt(socket);
    await this.#mail.load();
    await this.#mail.wake(this.#engine);
  }

  /** Forgets a viewer whose socket is closed, closes this end of it, and tells those who know of each other. */
  async leave(socket: HibernatingSocket, code: number): Promise<void> {
    try {
      if (this.#viewings.lists) await this.#wakeAt(socket);
    } finally {
      this.#viewings.remove(socket);
      socket.close(codeBack(code));
    }
    if (this.#own) this.#viewings.announce(this.#own);
  }

  /** Takes up what was open before the object slept. */
  #wake(address: Address): Promise<void> {
    this.#own ??= address;
    return this.#awake ??= this.#viewings.restore(() => this.#engine.read(address));
  }

  async #wakeAt(socket: HibernatingSocket): Promise<void> {
    const viewer = viewerOf(socket);
    if (viewer) await this.#wake(viewer.address);
  }

  async #event(call: EventCall): Promise<Response> {
    const { address, message, payload, isInternal, userKey } = call;
    const typed = payload !== undefined && { payload: parseLine(payload).value };
    const parsed = { ...message, ...typed, ...address };
    const outside = this.#outside(call);
    const running = isInternal
      ? this.#engine.runInternal(parsed, outside)
      : this.#engine.runParsed(parsed, outside);
    // An event that has begun is finished, even if its sender leaves.
    this.#context.waitUntil(running);
    const outcome = await running;
    if (!outcome.ok) return failed(outcome);
    const { protocol, stream } = parsed;
    const isStreamed = protocol === 2 && stream !== undefined && isChangeSeen(outcome) &&
      this.#viewings.promise(outcome, stream, userKey);
    return new Response(
      toWire(protocol === 2 ? answerOf(outcome, { isStreamed }) : firstAnswerOf(outcome)),
    );
  }

  async #read(call: Call): Promise<Response> {
    const home = new EngineHome(this.#engine, { states: new SharedStates() });
    const outcome = await home.read(call.address, this.#outside(call));
    return outcome.ok ? new Response(seenLine(call.address, outcome.seen)) : failed(outcome);
  }

  async #follow(call: ViewerCall): Promise<Response> {
    const { creation: _, have, ...viewer } = call;
    const viewing = this.#viewings.create(viewer);
    const opened = await viewing.mount({ context: this.#outside(call), have });
    if (!opened.ok) return failed(opened);
    const { worker, object } = socketPair();
    this.#context.acceptWebSocket(object);
    this.#viewings.start(object, viewing, opened.sight);
    return socketResponse(status.followed, worker);
  }

  /** Answers a request that is no event, and reports what it throws. */
  async #answer(eventId: string, answer: () => Promise<Response>): Promise<Response> {
    try {
      return await answer();
    } catch (error) {
      return failed(fail(error, { eventId, ...this.#own }, this.#options));
    }
  }

  #outside({ user, userKey, creation }: Call): SenderContext {
    const mayCreate = mayCreateBy(creation);
    return {
      user,
      userKey,
      env: this.#env,
      waitUntil: (work) => this.#context.waitUntil(work),
      // The Worker adds those that its app lets the sender see.
      maySeeSchema: () => false,
      ...(mayCreate && { mayCreate }),
    };
  }

  #assertOwn({ type, id }: Address): void {
    // An alarm comes without an address.
    const own = (this.#own ?? this.#mail.store.sender)!;
    if (type === own.type && id === own.id) return;
    throw new Error(
      `Cannot reach ${type}/${id} from the object of ${own.type}/${own.id}: each object has one instance, and ` +
        "nothing is atomic across them; keep what changes together in one instance, or use D1Store",
    );
  }
}

function mayCreateBy(creation: Creation): SenderContext["mayCreate"] {
  switch (creation) {
    case "allowed":
      return undefined;
    case "refused":
      return () => new NascError("forbidden", "You may not do this");
    case "ask":
      return () => {
        throw new AbsentError();
      };
  }
}

function failed({ error, cause }: Failed): Response {
  if (cause instanceof AbsentError) return new Response(null, { status: status.absent });
  return new Response(JSON.stringify({ error }), { status: status.failed });
}
