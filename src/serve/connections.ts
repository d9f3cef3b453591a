// How many connections the serve host holds. Any program of this machine can open some and let them stand; so a connection
// that has shown no session makes room for whoever comes, the oldest first, and one that has is never cut off for another.
import type { Duplex } from "node:stream";

export class Connections {
  /** In the order in which they came. */
  readonly #strangers = new Set<Duplex>();
  readonly #known = new Set<Duplex>();

  /** `most`: at once. */
  constructor(readonly most: number) {}

  /** A new one. It is closed at once where all that are there have a session. */
  add(connection: Duplex): void {
    if (this.#strangers.size + this.#known.size >= this.most && !this.#makeRoom()) {
      connection.destroy();
      return;
    }
    this.#strangers.add(connection);
    connection.once("close", () => this.#forget(connection));
  }

  /** It has come with a session: it stays for as long as it likes. */
  know(connection: Duplex): void {
    if (this.#strangers.delete(connection)) this.#known.add(connection);
  }

  #makeRoom(): boolean {
    for (const oldest of this.#strangers) {
      oldest.destroy();
      this.#forget(oldest);
      return true;
    }
    return false;
  }

  #forget(connection: Duplex): void {
    this.#strangers.delete(connection);
    this.#known.delete(connection);
  }
}
