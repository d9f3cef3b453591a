// Releases what was acquired, last first. Adding after `dispose()` releases at once.

export interface Disposable {
  dispose(): void | Promise<void>;
}

export class Disposables implements Disposable {
  #releases: (() => void | Promise<void>)[] | undefined = [];

  add<Owned extends Disposable>(owned: Owned): Owned {
    this.defer(() => owned.dispose());
    return owned;
  }

  defer(release: () => void | Promise<void>): void {
    if (this.#releases === undefined) void release();
    else this.#releases.push(release);
  }

  async dispose(): Promise<void> {
    const releases = this.#releases ?? [];
    this.#releases = undefined;
    for (const release of releases.reverse()) await release();
  }
}
