// The metric by which an agent tells how much the stages of its pipeline have left out, and whose count it is.
export const filteredMetric = "hindcast.filtered";
export const filteredStageAttribute = "stage";

/** The event that says what is captured from then on. */
export const captureChangedEvent = "hindcast.capture.changed";

/** The event that says that a stage is not asked any more, and why: a function of the user's own failed. */
export const stageFailedEvent = "hindcast.pipeline.stage-failed";
