// How an agent says that it has changed the size of its ring: to how many bytes, and how often by which reason.
export const ringSizeMetric = "hindcast.ring.size";
export const ringResizedMetric = "hindcast.ring.resized";
export const ringBecauseAttribute = "hindcast.ring.because";
