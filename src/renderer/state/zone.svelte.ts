// In which time zone the window writes and reads times of day. Like its language it is one for the whole page, and everything that
// writes a clock asks here: no clock can be forgotten, and one on screen is written anew when the zone is changed.

export const zones = ["local", "utc"] as const;
export type Zone = (typeof zones)[number];

const shown: { zone: Zone } = $state({ zone: "local" });

export const shownZone = (): Zone => shown.zone;

/** Told by the settings alone. */
export function showZone(zone: Zone): void {
  shown.zone = zone;
}

export interface ClockParts {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly day: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

/** What calendar and clock show. */
export function clockPartsOf(when: Date): ClockParts {
  if (shown.zone === "utc")
    return {
      year: when.getUTCFullYear(),
      month: when.getUTCMonth(),
      day: when.getUTCDate(),
      hours: when.getUTCHours(),
      minutes: when.getUTCMinutes(),
      seconds: when.getUTCSeconds(),
    };
  return {
    year: when.getFullYear(),
    month: when.getMonth(),
    day: when.getDate(),
    hours: when.getHours(),
    minutes: when.getMinutes(),
    seconds: when.getSeconds(),
  };
}
