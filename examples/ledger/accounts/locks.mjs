// One lock an account. Locks of several accounts are taken in the order of their names, so that two transfers never wait for
// each other.
export class Locks {
  #lasts = new Map();

  /** Waits until nobody else holds one of them; the result gives them back. */
  async take(names) {
    const wanted = [...new Set(names)].sort();
    const releases = [];
    for (const name of wanted) releases.push(await this.#takeOne(name));
    return () => releases.forEach((release) => release());
  }

  async #takeOne(name) {
    const before = this.#lasts.get(name);
    let release;
    const held = new Promise((resolve) => (release = resolve));
    this.#lasts.set(name, held);
    await before;
    return () => {
      if (this.#lasts.get(name) === held) this.#lasts.delete(name);
      release();
    };
  }
}
