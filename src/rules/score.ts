// Firings of rules beside what is known to have gone wrong: which of them were of an incident, which incidents a rule caught, and how late.

export interface KnownIncident {
  readonly kind: string;
  readonly from: bigint;
  readonly to: bigint;
}

export interface Firing {
  readonly rule: string;
  readonly instant: bigint;
}

export interface RuleScore {
  readonly rule: string;
  readonly fired: number;
  /** Of those, how many were of an incident. */
  readonly right: number;
  /** Incidents in which it fired, with how long after their beginning it did so first. */
  readonly caught: readonly { readonly kind: string; readonly delayNs: bigint }[];
}

/** What went wrong is seen in windows until it has left them. */
export const afterIncidentNs = 15_000_000_000n;

/** Incidents of one kind that overlap are one, seen in several services. In the order of their beginnings. */
export function joinedIncidents(incidents: readonly KnownIncident[]): readonly KnownIncident[] {
  const joined: KnownIncident[] = [];
  for (const one of [...incidents].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    const at = joined.findIndex(({ kind, to }) => kind === one.kind && to >= one.from);
    const before = joined[at];
    if (before === undefined) joined.push(one);
    else joined[at] = { ...before, to: one.to > before.to ? one.to : before.to };
  }
  return joined;
}

export function scoresOf(
  rules: readonly string[],
  firings: readonly Firing[],
  incidents: readonly KnownIncident[],
): readonly RuleScore[] {
  return rules.map((rule) => {
    const of = firings.filter((one) => one.rule === rule).sort((a, b) => (a.instant < b.instant ? -1 : 1));
    const isOf = ({ instant }: Firing, { from, to }: KnownIncident): boolean =>
      instant >= from && instant <= to + afterIncidentNs;
    const caught = incidents.flatMap((incident) => {
      const first = of.find((firing) => isOf(firing, incident));
      return first === undefined ? [] : [{ kind: incident.kind, delayNs: first.instant - incident.from }];
    });
    const right = of.filter((firing) => incidents.some((incident) => isOf(firing, incident))).length;
    return { rule, fired: of.length, right, caught };
  });
}
