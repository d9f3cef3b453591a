// Where playing gets its frames from: the page's own, or twice a second a step for who asked the system for less motion.
export interface Frames {
  request(draw: (nowMs: number) => void): number;
  cancel(frame: number): void;
}

const stepMs = 500;

/** Timers are told from frames by their sign. */
export const pageFrames: Frames = {
  request: (draw) =>
    matchMedia("(prefers-reduced-motion: reduce)").matches
      ? -window.setTimeout(() => draw(performance.now()), stepMs)
      : requestAnimationFrame(draw),
  cancel: (frame) => {
    if (frame < 0) clearTimeout(-frame);
    else cancelAnimationFrame(frame);
  },
};
