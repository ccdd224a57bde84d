import { type Control, filledIn, fillIn, radioGroup, resetControl, shows } from "./controls.ts";

/** What is known of one control. */
interface Field {
  /** The state's value for it; `undefined` while the state has none. */
  wanted: unknown;
  /** Whether a person has changed it since. */
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

  /** Shows the state's value again, such as when a `<select>` has new options. */
  refill(control: Control): void {
    const field = this.#fields.get(control);
    if (field?.wanted !== undefined) this.#write(control, field);
  }

  /** Marks a control as edited by a person: it keeps what is filled in until that is sent or taken back. */
  edit(control: Control): void {
    for (const each of radioGroup(control)) this.#field(each).edited = true;
  }

  /** Forgets the edit of a control that a person has left, if it shows the state again. */
  leave(control: Control): void {
    const field = this.#fields.get(control);
    if (field && shows(control, field.wanted)) field.edited = false;
  }

  /** Forgets the edit of a control and shows the state. */
  discard(control: Control): void {
    this.#field(control).edited = false;
    this.refill(control);
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

  /** Remembers what a form sends; call the result once the server has accepted it. */
  submit(controls: readonly Control[]): () => void {
    const sent = controls.map(filledIn);
    return () => {
      // Anything filled in since then is the next draft.
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
