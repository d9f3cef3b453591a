// How large an agent's ring is, and how an agent says that it has changed that: by an event each time, by two series to how many
// bytes and how often by which reason.
export const ringSizeMetric = "hindcast.ring.size";
export const ringResizedMetric = "hindcast.ring.resized";
export const ringResizedEvent = "hindcast.ring.resized";
export const ringBecauseAttribute = "hindcast.ring.because";
/** In bytes. */
export const ringFromAttribute = "hindcast.ring.from";
export const ringToAttribute = "hindcast.ring.to";

/** There may be many threads, and each is emptied as often as one. */
const threadsShare = 4;
const leastBytes = 4096;
const mostBytes = 2 ** 30;

/** What a ring begins with where so much was asked for: a power of two. */
export function ringBytesFor(askedBytes: number, isThread: boolean): number {
  const wanted = askedBytes / (isThread ? threadsShare : 1);
  return 2 ** Math.ceil(Math.log2(Math.min(Math.max(wanted, leastBytes), mostBytes)));
}
