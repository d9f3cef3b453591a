// Functions of the program's own realm, which the agent is given when it is started in a realm apart.
import { makeEventEntry } from "./event-entry.js";
import { showWrittenText } from "./function-text.js";
import { giveWrittenPlaces, showWrittenPlaces } from "./stack-text.js";
import { makeWriteHelpers } from "./write-helpers.js";

export const programSide = {
  makeWriteHelpers,
  makeEventEntry,
  showWrittenText,
  showWrittenPlaces,
  giveWrittenPlaces,
  makeObject: (): object => ({}),
};
