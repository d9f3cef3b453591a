// What is asked at every look: it is parsed once. DuckDB plans it at each look all the same, as it keeps no plan of a question whose
// parameters rows are chosen by.
import { askedOfMetrics } from "./metric-sql.js";
import { evictionsSql } from "./search-tables.js";
import { piecesSql } from "./segment-tables.js";

/** Texts whose answer depends on nothing but what is in the file and what the parameters say. */
export const oftenAsked: ReadonlySet<string> = new Set([piecesSql, evictionsSql, ...askedOfMetrics]);
