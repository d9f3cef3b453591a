/** The first position of which it is true, where it is true of all that follow as well; `count` where it is true of none. */
export function firstWhere(count: number, isIt: (at: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isIt(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
