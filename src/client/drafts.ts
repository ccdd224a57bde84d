import {
  type Control,
  controlsOf,
  filledIn,
  fillIn,
  inMarkup,
  makeDefault,
  radioGroup,
  resetControl,
  sendsItself,
  shows,
} from "./controls.ts";
import { call, focusBeside } from "./dom.ts";

/** What is known of one control. */
interface Field {
  /** The state's value for it; `undefined` while the state has none. */
  wanted: unknown;
  /** What it held after the markup, or the client, had filled it in last. */
  held: string;
  /** How many of its own clicks are not settled yet. */
  clicks: number;
}

/** A form as it was sent. */
export interface SentForm {
  /** Returns whether nothing has been filled in since. */
  isSame(): boolean;
  /** Shows the state, or else the markup, in the controls that are as they were sent. */
  accept(): void;
}

/**
 * Decides, for every control, whether it shows the state or what a person is filling in. That is a draft: anything but
 * what the control held after the client had filled it in last, whoever put it there, when and how.
 */
export class Drafts {
  readonly #fields = new WeakMap<Control, Field>();

  /** Shows a value of the state, or what is expected to become of it, now or when the control is free again. */
  show(control: Control, value: unknown): void {
    const field = this.#field(control);
    const hadValue = field.wanted !== undefined;
    field.wanted = value;
    if (hadValue || value !== undefined) this.#write(control, field);
  }

  /** Returns whether a control shows the state, and no draft. */
  isShown(control: Control): boolean {
    return this.#fields.get(control)?.wanted !== undefined && !this.#isDraft(control);
  }

  /** Call before the options of a `<select>` change, and the result afterwards. It keeps its draft, or shows the state. */
  hold(select: Control): () => void {
    const isShown = this.isShown(select);
    return () => {
      if (isShown) this.discard(select);
    };
  }

  /** Forgets the draft of a control that a person has left, if it is what the state has. */
  leave(control: Control): void {
    const field = this.#fields.get(control);
    if (field && shows(control, field.wanted)) field.held = filledIn(control);
  }

  /** Forgets the draft of a control and shows the state. */
  discard(control: Control): void {
    const field = this.#field(control);
    field.held = filledIn(control);
    if (field.wanted !== undefined) this.#write(control, field);
  }

  /** Shows the state in the controls of a form that the browser has reset. */
  reset(form: HTMLFormElement): void {
    for (const control of controlsOf(form)) {
      // Anything else was filled in since.
      if (filledIn(control) === inMarkup(control)) this.discard(control);
    }
  }

  /**
   * Keeps what a control shows after a click that it sends itself, such as a checkbox with `na-click`. Call the result
   * once the click is settled.
   */
  click(control: Control): () => void {
    const group = radioGroup(control);
    for (const each of group) this.#field(each).clicks++;
    return () => {
      for (const each of group) {
        this.#field(each).clicks--;
        this.discard(each);
      }
    };
  }

  /** Remembers what a control sends by itself; call the result once the server has accepted it. */
  send(control: Control): () => void {
    const sent = filledIn(control);
    return () => {
      const isBound = this.#field(control).wanted !== undefined;
      if (isBound && filledIn(control) === sent) this.discard(control);
    };
  }

  /** Remembers what a form sends. */
  submit(form: HTMLFormElement): SentForm {
    const controls = controlsOf(form);
    const sent = controls.map(filledIn);
    const unchanged = () => controls.filter((each, index) => filledIn(each) === sent[index]);
    const isSame = () => unchanged().length === controls.length;
    return {
      isSame,
      accept: () => {
        // Anything filled in since then is the next draft.
        const settled = unchanged();
        if (isSame()) resetQuietly(form);
        for (const control of settled) {
          this.discard(control);
          if (this.#field(control).wanted === undefined) resetControl(control);
        }
      },
    };
  }

  #write(control: Control, field: Field): void {
    if (field.clicks > 0) return;
    const isShown = shows(control, field.wanted);
    // Somebody who is typing may have come to the same by chance, and go on.
    if ((!isShown || isFocused(control)) && this.#isDraft(control)) return;
    if (!isShown) fillIn(control, field.wanted);
    field.held = filledIn(control);
    // The browser resets it to this, and restores when it goes back to the page only what is not this.
    if (!sendsItself(control)) makeDefault(control);
  }

  #isDraft(control: Control): boolean {
    return !sendsItself(control) &&
      radioGroup(control).some((each) =>
        each.validity.badInput || filledIn(each) !== this.#field(each).held
      );
  }

  #field(control: Control): Field {
    const field = this.#fields.get(control) ??
      { wanted: undefined, held: inMarkup(control), clicks: 0 };
    this.#fields.set(control, field);
    return field;
  }
}

/** Returns whether a person is at a control, or at another of its group. */
function isFocused(control: Control): boolean {
  return radioGroup(control).includes(focusBeside(control) as Control);
}

/** Resets a form, which takes back that its controls have been filled in wrongly. No listener is to hear of it. */
function resetQuietly(form: HTMLFormElement): void {
  const root = call(form, "getRootNode");
  const silence = (event: Event) => event.stopImmediatePropagation();
  call(root, "addEventListener", "reset", silence, true);
  call(form, "reset");
  call(root, "removeEventListener", "reset", silence, true);
}
