// What to look for so that the first record of a change is found: the longest part of it that is not masked.
import type { ChangeKind } from "../../../shared/protocol/correlation-calls.js";
import type { SearchKind } from "../../../shared/protocol/engine-rows.js";

export interface SearchedFor {
  readonly kind: SearchKind;
  readonly text: string;
}

/** Undefined where nothing is to be found by a text. */
export function searchedFor({
  kind,
  subject,
}: {
  readonly kind: ChangeKind;
  readonly subject: string;
}): SearchedFor | undefined {
  switch (kind) {
    case "log":
      return phraseIn("log", subject.startsWith("all lines of ") ? "" : subject.replace(/^\w+: /, ""), "#");
    case "event":
      return phraseIn("event", subject, "#");
    case "rate":
    case "errors":
    case "latency":
      return subject.startsWith("all requests ") ? undefined : phraseIn("span", subject.replace(/ to \S+$/, ""), "#");
    case "attribute":
      return phraseIn("span", / of (.+?)(?: to \S+)?$/.exec(subject)?.[1] ?? "", "#");
    case "state":
    case "value":
      return phraseIn(
        "write",
        subject
          .split(".")
          .slice(1)
          .findLast((part) => part !== "*" && !part.includes("#")) ?? "",
        "#",
      );
    case "metric":
      return undefined;
    default:
      return kind satisfies never;
  }
}

function phraseIn(kind: SearchKind, text: string, mask: string): SearchedFor | undefined {
  const [longest = ""] = text.split(mask).toSorted((a, b) => b.length - a.length);
  const words = longest.trim().replace(/[\\"]/g, "\\$&");
  return words === "" ? undefined : { kind, text: `"${words}"` };
}
