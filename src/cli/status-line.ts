// One line on a terminal that says what a command waits for and how far it is, once it takes long. It gives way to whatever
// else is printed and is gone in the end. Where standard error is no terminal there is none.
import type { Writable } from "node:stream";
import { type CallProgress, shareOf } from "../shared/base/asker.js";
import { sizeText } from "./byte-size.js";

/** Who waits longer wonders what for. */
const sayAfterMs = 500;
const drawEveryMs = 100;
const eraseLine = "\r\u001b[K";

/** As much of a terminal as is used here. */
export interface StatusStream extends Writable {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export class StatusLine {
  readonly #stream: StatusStream | undefined;
  readonly #now: () => number;
  #sinceMs: number | undefined;
  #what = "";
  #progress: CallProgress | undefined;
  /** Of a list that is printed a page at a time: it says more than how far a page is. */
  #listed: CallProgress | undefined;
  #shown = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: StatusStream, now: () => number = () => performance.now()) {
    this.#stream = stream.isTTY === true ? stream : undefined;
    this.#now = now;
  }

  /** From now on it waits for this. */
  say(what: string): void {
    if (this.#stream === undefined) return;
    this.#sinceMs ??= this.#now();
    this.#what = what;
    this.#progress = undefined;
    this.#timer ??= setInterval(() => this.draw(), drawEveryMs).unref();
  }

  tell(progress: CallProgress): void {
    this.#progress = progress;
  }

  tellListed(progress: CallProgress): void {
    this.#listed = progress;
  }

  draw(): void {
    if (this.#sinceMs === undefined || this.#now() - this.#sinceMs < sayAfterMs) return;
    const progress = this.#listed ?? this.#progress;
    const what = progress?.phase ?? this.#what;
    const far = progress === undefined ? "" : progressText(progress);
    const text = `${what}${far === "" ? "" : `: ${far}`}   Ctrl+C stops it`;
    const line = withoutControls(text).slice(0, widthOf(this.#stream) - 1);
    if (line === this.#shown) return;
    this.#shown = line;
    this.#stream?.write(`${eraseLine}${line}`);
  }

  /** Before anything else is printed; it comes again. */
  giveWay(): void {
    if (this.#shown !== "") this.#stream?.write(eraseLine);
    this.#shown = "";
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#sinceMs = undefined;
    this.#listed = undefined;
    this.giveWay();
  }
}

/** Some terminals do not know how wide they are. */
const widthOf = (stream: StatusStream | undefined): number => {
  const columns = stream?.columns ?? 0;
  return columns > 1 ? columns : 80;
};

const withoutControls = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");

/** `42 % (1,200 of 2,850 rows)`; empty where there is nothing to say. */
export function progressText(progress: CallProgress): string {
  const { done, total, unit, bytes } = progress;
  const share = shareOf(progress);
  const percent = share === undefined ? "" : `${Math.floor(100 * share)} %`;
  if (unit === "share") return percent;
  if (total === undefined) return done === 0 ? "" : countText(done, unit);
  const counted =
    unit === "bytes" ? `${sizeText(done)} of ${sizeText(total)}` : `${numberText(done)} of ${countText(total, unit)}`;
  return `${percent} (${counted})${bytes === undefined || bytes === 0 ? "" : `, ${sizeText(bytes)} written`}`;
}

const numberText = (count: number): string => Math.floor(count).toLocaleString("en-US");
const countText = (count: number, unit: string): string =>
  unit === "bytes" ? sizeText(count) : `${numberText(count)} ${unit}`;
