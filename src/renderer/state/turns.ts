// While the playhead is dragged or plays, what the engine answers comes on screen in turns: State's answers at once, those of
// the other panes one a frame, so that no frame has to draw all panes. In a frame that shows State anew they wait, but not for long.
// Once the playhead stands still nothing waits.

/** Frames in a row that may be State's alone. */
const mostSkipped = 2;
/** A page that is not seen has no frames. */
const longestFrameMs = 100;

export class Turns {
  readonly #nextFrame: (work: () => void) => void;
  readonly #waiting: (() => void)[] = [];
  #isMoving = false;
  #isAwaited = false;
  #isTaken = false;
  #skipped = 0;

  constructor(nextFrame: (work: () => void) => void = frameOrLater) {
    this.#nextFrame = nextFrame;
  }

  /** After each move of the playhead that is shown: whether the next one follows at once. */
  moved(isMoving: boolean): void {
    this.#isMoving = isMoving;
    if (!isMoving) for (const show of this.#waiting.splice(0)) show();
  }

  /** This frame shows State anew. */
  take(): void {
    if (!this.#isMoving) return;
    this.#isTaken = true;
    this.#await();
  }

  /** Until another pane may show what it was answered. */
  wait(): Promise<void> {
    if (!this.#isMoving) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#await();
    });
  }

  #await(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    this.#nextFrame(() => this.#begin());
  }

  /** What is shown now is drawn in this frame. */
  #begin(): void {
    this.#isAwaited = false;
    const isLeft = this.#isTaken && this.#skipped < mostSkipped;
    this.#isTaken = false;
    this.#skipped = isLeft ? this.#skipped + 1 : 0;
    if (!isLeft) this.#waiting.shift()?.();
    if (this.#waiting.length > 0) this.#await();
  }
}

function frameOrLater(work: () => void): void {
  let isDone = false;
  const once = (): void => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    work();
  };
  const timer = setTimeout(once, longestFrameMs);
  const frame = requestAnimationFrame(once);
}
