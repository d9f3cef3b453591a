// What is asked at every look. Its plan is kept, as to plan such a question takes longer than to answer it.
import { askedOfMetrics } from "./metric-sql.js";
import { evictionsSql } from "./search-tables.js";
import { piecesSql } from "./segment-tables.js";

/** Texts whose answer depends on nothing but what is in the file and what the parameters say. */
export const oftenAsked: ReadonlySet<string> = new Set([piecesSql, evictionsSql, ...askedOfMetrics]);
