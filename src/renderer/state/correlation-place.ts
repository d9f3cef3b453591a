// What Correlation shows: which of its questions, and what it is asked about.
export const correlationQuestions = ["series", "changes", "growth", "services", "ids"] as const;
export type CorrelationQuestion = (typeof correlationQuestions)[number];

export interface CorrelationPlace {
  readonly question: CorrelationQuestion;
  /** The metric that others are compared with; undefined = the value that is selected in State, or none yet. */
  readonly series?: number | undefined;
  /** The id that is looked for. */
  readonly id?: string | undefined;
}

export function correlationPlaceFrom(kept: URLSearchParams): CorrelationPlace | undefined {
  const question = correlationQuestions.find((one) => one === kept.get("correlation"));
  if (question === undefined) return undefined;
  const series = /^\d{1,9}$/.exec(kept.get("series") ?? "")?.[0];
  const id = kept.get("id")?.slice(0, 200);
  return { question, series: series === undefined ? undefined : Number(series), id: id === "" ? undefined : id };
}

export function keepCorrelationPlace(kept: URLSearchParams, place: CorrelationPlace | undefined): void {
  if (place === undefined) return;
  kept.set("correlation", place.question);
  if (place.series !== undefined) kept.set("series", String(place.series));
  if (place.id !== undefined && place.id !== "") kept.set("id", place.id);
}
