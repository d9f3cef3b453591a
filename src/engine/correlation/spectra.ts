// Sums of products of two series at every lag at once, by fast Fourier transforms. Series go in twos through one complex
// transform: a series and its ranks. `npm run bench -- correlation` compares this with a loop over pairs.

/** Of two series that were transformed together; `re` and `im` by frequency. */
export interface Spectrum {
  readonly first: { readonly re: Float64Array; readonly im: Float64Array };
  readonly second: { readonly re: Float64Array; readonly im: Float64Array };
}

type Pair = readonly [first: Float64Array, second: Float64Array];

export class Spectra {
  readonly #size: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #places: Uint32Array;

  /** For series of so many points, and lags up to `reach`. */
  constructor(points: number, reach: number) {
    this.#size = 2 ** Math.ceil(Math.log2(Math.max(2, points + reach)));
    const size = this.#size;
    this.#cos = Float64Array.from({ length: size / 2 }, (_, at) => Math.cos((2 * Math.PI * at) / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, at) => -Math.sin((2 * Math.PI * at) / size));
    this.#places = new Uint32Array(size);
    for (let at = 1; at < size; at++)
      this.#places[at] = ((this.#places[at >> 1] ?? 0) >> 1) | ((at & 1) === 1 ? size / 2 : 0);
  }

  of(first: Float64Array, second: Float64Array): Spectrum {
    const size = this.#size;
    const [re, im] = [new Float64Array(size), new Float64Array(size)];
    re.set(first);
    im.set(second);
    this.#transform(re, im);
    const empty = (): { readonly re: Float64Array; readonly im: Float64Array } => ({
      re: new Float64Array(size),
      im: new Float64Array(size),
    });
    const [a, b] = [empty(), empty()];
    for (let at = 0; at < size; at++) {
      const mirrored = (size - at) & (size - 1);
      const x = re[at] ?? 0;
      const y = im[at] ?? 0;
      const u = re[mirrored] ?? 0;
      const v = im[mirrored] ?? 0;
      a.re[at] = (x + u) / 2;
      a.im[at] = (y - v) / 2;
      b.re[at] = (y + v) / 2;
      b.im[at] = (u - x) / 2;
    }
    return { first: a, second: b };
  }

  /** By lag from `-mostLag` on: sums of `one[i] * other[i + lag]`, of the first series of each and of the second. */
  products(one: Spectrum, other: Spectrum, mostLag: number): Pair {
    const size = this.#size;
    const [re, im] = [new Float64Array(size), new Float64Array(size)];
    const { re: aRe, im: aIm } = one.first;
    const { re: bRe, im: bIm } = one.second;
    const { re: cRe, im: cIm } = other.first;
    const { re: dRe, im: dIm } = other.second;
    for (let at = 0; at < size; at++) {
      const ar = aRe[at] ?? 0;
      const ai = aIm[at] ?? 0;
      const br = bRe[at] ?? 0;
      const bi = bIm[at] ?? 0;
      const cr = cRe[at] ?? 0;
      const ci = cIm[at] ?? 0;
      const dr = dRe[at] ?? 0;
      const di = dIm[at] ?? 0;
      // Backwards is forwards with both parts exchanged.
      im[at] = ar * cr + ai * ci - (br * di - bi * dr);
      re[at] = ar * ci - ai * cr + (br * dr + bi * di);
    }
    this.#transform(re, im);
    const sums = (column: Float64Array): Float64Array => {
      const byLag = new Float64Array(2 * mostLag + 1);
      for (let lag = -mostLag; lag <= mostLag; lag++)
        byLag[lag + mostLag] = (column[(lag + size) & (size - 1)] ?? 0) / size;
      return byLag;
    };
    return [sums(im), sums(re)];
  }

  #transform(re: Float64Array, im: Float64Array): void {
    const [size, cos, sin, places] = [this.#size, this.#cos, this.#sin, this.#places];
    for (let at = 0; at < size; at++) {
      const place = places[at] ?? 0;
      if (place <= at) continue;
      const x = re[at] ?? 0;
      const y = im[at] ?? 0;
      re[at] = re[place] ?? 0;
      im[at] = im[place] ?? 0;
      re[place] = x;
      im[place] = y;
    }
    for (let half = 1, step = size / 2; half < size; half *= 2, step /= 2)
      for (let begin = 0; begin < size; begin += 2 * half)
        for (let at = begin, turn = 0; at < begin + half; at++, turn += step) {
          const other = at + half;
          const c = cos[turn] ?? 0;
          const s = sin[turn] ?? 0;
          const x = re[other] ?? 0;
          const y = im[other] ?? 0;
          const u = x * c - y * s;
          const v = x * s + y * c;
          const p = re[at] ?? 0;
          const q = im[at] ?? 0;
          re[other] = p - u;
          im[other] = q - v;
          re[at] = p + u;
          im[at] = q + v;
        }
  }
}
