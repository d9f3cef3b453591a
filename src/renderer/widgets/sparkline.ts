// A few dozen bars as one SVG path: fewer bars than counts take the largest of each share.

/** A bar of two pixels and its gap. */
const narrowestPx = 3;

export function sparklinePath(counts: ArrayLike<number>, widthPx: number, heightPx: number): string {
  const bars = Math.min(counts.length, Math.floor(widthPx / narrowestPx));
  const pitchPx = Math.max(narrowestPx, Math.floor(widthPx / Math.max(1, bars)));
  const tallest = Array.from({ length: bars }, (_, bar) => {
    const first = Math.floor((bar * counts.length) / bars);
    const end = Math.max(first + 1, Math.floor(((bar + 1) * counts.length) / bars));
    let most = 0;
    for (let i = first; i < end; i++) most = Math.max(most, counts[i] ?? 0);
    return most;
  });
  const most = Math.max(1, ...tallest);
  return tallest
    .map((count, bar) => {
      if (count === 0) return "";
      const height = Math.max(1, Math.round(Math.sqrt(count / most) * heightPx));
      return `M${bar * pitchPx} ${heightPx - height}h${pitchPx - 1}v${height}h${1 - pitchPx}z`;
    })
    .join("");
}
