/**
 * Messages that look like the ones before them. A dump, and a batch of requests, is thousands of messages with the same
 * fields in the same order. For such a layout a template is made: code that does all of it in one go.
 *
 * Before it: `read-template` and `write-template`, which say what a layout is and what its template does.
 */

/** Messages in a row that must be alike before a template is made: making one takes as long as reading a hundred. */
const ALIKE_MIN = 16;
/** Of one table. The first ones stay: tables whose messages are all different would learn for ever. */
const TEMPLATES_MAX = 8;

/** The templates of one table, for reading or for writing. */
export class Templates<Template> {
  readonly #templates: Template[] = [];
  #made = 0;
  /** The layout of the last message that no template fitted, and how many in a row had it. */
  #layout: readonly unknown[] = [];
  #alike = 0;

  /** Those there are. */
  get all(): readonly Template[] {
    return this.#templates;
  }

  /** Whether there is room for another. */
  get learning(): boolean {
    return this.#made < TEMPLATES_MAX;
  }

  /** Takes note of a message that no template fitted. @param make may fail: then there is none for this layout */
  learn(layout: readonly unknown[], make: () => Template | undefined): void {
    const same = layout.length === this.#layout.length && layout.every((one, at) => one === this.#layout[at]);
    this.#alike = same ? this.#alike + 1 : 1;
    this.#layout = layout;
    if (this.#alike < ALIKE_MIN || !this.learning) return;
    this.#alike = 0;
    this.#made += 1;
    const template = make();
    if (template !== undefined) this.#templates.push(template);
  }
}
