// The last writes before a call threw, as lines: what was written where in the code, how long before, and what of it the call was given.
import type { WriteEntry } from "../../../shared/protocol/engine-rows.js";
import { shortPlace } from "../../state/code-place.js";
import { durationText } from "../../state/text.js";

export interface WriteLine {
  readonly write: WriteEntry;
  /** `coupons.SUMMER = {…}`, `coupons.SUMMER deleted` */
  readonly what: string;
  /** `shop.mjs:21 endCampaign`; "" when it is not known. */
  readonly place: string;
  /** `4 ms before` */
  readonly when: string;
  /** Of what the call was given; "" for nothing. */
  readonly mentioned: string;
}

export function writeLines(
  writes: readonly WriteEntry[],
  mentioned: readonly string[],
  endedAt: bigint | undefined,
): readonly WriteLine[] {
  return writes.map((write, at) => {
    const { location } = write;
    const called = location?.functionName ?? "";
    return {
      write,
      what: whatOf(write),
      place: location === undefined ? "" : `${shortPlace(location)}${called === "" ? "" : ` ${called}`}`,
      when: endedAt === undefined ? "" : `${durationText(Number(endedAt - write.instant))} before`,
      mentioned: mentioned[at] ?? "",
    };
  });
}

function whatOf({ scope, path, newText }: WriteEntry): string {
  const name = path === "" ? scope : path.startsWith("[") ? `${scope}${path}` : `${scope}.${path}`;
  return newText === "" ? `${name} deleted` : `${name} = ${newText}`;
}
