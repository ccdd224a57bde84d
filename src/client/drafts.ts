import { type Control, filledIn, fillIn, radioGroup, resetControl, shows } from "./controls.ts";

/** What is known of one control: the state's value for it, and whether a person has changed it since. */
interface Field {
  /** `undefined` while the state has nothing for it. */
  wanted: unknown;
  edited: boolean;
  /** How many of its own clicks are not settled yet. */
  clicks: number;
}

/** Decides, for every control, whether it shows the state or what a person is filling in. */
export class Drafts {
  readonly #fields = new WeakMap<Control, Field>();

  /** Shows a value of the state, now or when the control is free again. */
  show(control: Control, value: unknown): void {
    const field = this.#field(control);
    const hadValue = field.wanted !== undefined;
    field.wanted = value;
    if (hadValue || value !== undefined) this.#write(control, field);
  }

  /** Shows the state's value again, as after a `<select>` has got other options. */
  refill(control: Control): void {
    const field = this.#fields.get(control);
    if (field?.wanted !== undefined) this.#write(control, field);
  }

  /** A person is changing the control: it keeps what is filled in until that is sent or taken back. */
  edit(control: Control): void {
    for (const each of radioGroup(control)) this.#field(each).edited = true;
  }

  /** A person has left the control; an edit that ended where it began is none. */
  leave(control: Control): void {
    const field = this.#fields.get(control);
    if (field && shows(control, field.wanted)) field.edited = false;
  }

  /** The control holds no edit any more: it shows the state. */
  discard(control: Control): void {
    this.#field(control).edited = false;
    this.refill(control);
  }

  /** A control sends its own clicks, as a checkbox with `na-click`; call the result once one is settled. */
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

  /** Controls are sent with their form; call the result once the server has taken them. */
  submit(controls: readonly Control[]): () => void {
    const sent = controls.map(filledIn);
    return () => {
      // What was filled in since then is the next draft.
      for (const control of controls.filter((each, index) => filledIn(each) === sent[index])) {
        this.discard(control);
        if (this.#field(control).wanted === undefined) resetControl(control);
      }
    };
  }

  #write(control: Control, field: Field): void {
    if (!field.edited && field.clicks === 0) fillIn(control, field.wanted);
  }

  #field(control: Control): Field {
    const field = this.#fields.get(control) ?? { wanted: undefined, edited: false, clicks: 0 };
    this.#fields.set(control, field);
    return field;
  }
}
