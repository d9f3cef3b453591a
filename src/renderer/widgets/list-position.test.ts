import { describe, expect, it } from "vitest";
import { barHeight, keptIn, type ListPosition, movedTo, positionAt } from "./list-position.js";

const short = { listPx: 2_000_000, viewPx: 400 };
/** 10⁷ rows of 20 px. */
const long = { listPx: 200_000_000, viewPx: 400 };

describe("the position of a list", () => {
  it("is that of its bar where browsers can show it whole", () => {
    expect(positionAt(1_999_000, short)).toEqual({ topPx: 1_999_000, barPx: 1_999_000 });
    expect(movedTo(77, positionAt(1_999_000, short), short)).toEqual({ topPx: 77, barPx: 77 });
    expect(positionAt(5_000_000, short).topPx).toBe(1_999_600);
  });

  it("reaches every row of a longer one, to the pixel", () => {
    expect(barHeight(long.listPx)).toBe(8_000_000);
    const last = positionAt(Infinity, long);
    expect(last).toEqual({ topPx: 199_999_600, barPx: 7_999_600 });
    for (const topPx of [0, 20, 999_980, 1_000_020, 123_456_780, 199_000_000, 199_999_580])
      expect(positionAt(topPx, long).topPx).toBe(topPx);
  });

  it("comes to the same place when the bar is put where it stood", () => {
    for (const topPx of [0, 500_000, 30_000_000, 123_456_780, 199_500_000]) {
      const { barPx } = positionAt(topPx, long);
      const far = { topPx: 0, barPx: barPx < 4_000_000 ? 7_000_000 : 0 };
      // A pixel of the bar is as much as this of the list.
      expect(Math.abs(movedTo(barPx, far, long).topPx - topPx)).toBeLessThan(33);
    }
  });

  it("moves by as much as a wheel turns, wherever it is, from one end to the other", () => {
    const turned = (from: ListPosition, byPx: number): ListPosition => {
      const barPx = Math.min(Math.max(from.barPx + byPx, 0), 7_999_600);
      return movedTo(barPx, from, long);
    };
    for (const topPx of [0, 2000, 1_000_000, 100_000_000, 199_000_000, 199_997_000]) {
      expect(turned(positionAt(topPx, long), 120).topPx).toBe(topPx + 120);
      if (topPx > 0) expect(turned(positionAt(topPx, long), -120).topPx).toBe(topPx - 120);
    }
    expect(turned({ topPx: 60, barPx: 60 }, -120)).toEqual({ topPx: 0, barPx: 0 });
    // Turned on and on, the bar comes to its end before the list does: it is put back.
    let position = positionAt(100_000_000, long);
    for (let turn = 0; turn < 60_000; turn++) position = turned(position, -120);
    expect(position).toMatchObject({ topPx: 92_800_000 });
    expect(position.barPx).toBeGreaterThan(400);
  });

  it("is one of the list as it became", () => {
    const far = positionAt(100_000_000, long);
    expect(keptIn(far, { listPx: 7_000_000, viewPx: 400 })).toEqual({ topPx: far.barPx, barPx: far.barPx });
    expect(keptIn(far, { listPx: 90_000_000, viewPx: 400 })).toEqual({ topPx: 89_999_600, barPx: far.barPx });
    expect(keptIn(far, long)).toEqual(far);
  });
});
