// Joins the address and the session: opens what the address names when the page starts, and from then on writes
// there what is open, where the playhead stands and what the panes show. An address put in later is gone to as well.
import { hashFromPlace, type KeptPlace, placeFromAddress } from "../state/place.js";
import type { Session } from "../state/session.svelte.js";

/** Browsers limit how often an address may change; a scrub would exceed it. */
const writeAfterMs = 250;

/** Returns what resolves once the address says what is shown. */
export function keepPlace(page: Window, session: Session): () => Promise<void> {
  const first = placeFromAddress(page.location.hash, page.location.search);
  if (first !== undefined) void session.open(first.path, first);
  // What is written here replaces the address without this event; it comes from a person or a link.
  page.addEventListener("hashchange", ({ newURL }) => {
    // Of the event and not of the page: what was written here meanwhile would be read instead.
    const place = placeFromAddress(new URL(newURL).hash, "");
    if (place === undefined) session.close();
    else void session.goTo(place);
  });

  let later: ReturnType<typeof setTimeout> | undefined;
  let written: (() => void)[] = [];
  $effect.root(() => {
    // As text: what grows without changing what is kept must not put the writing off again and again.
    const hash = $derived(hashFromPlace(placeOf(session)));
    $effect(() => {
      // While something is being opened the address keeps saying what it said.
      if (session.shown.kind === "opening") return;
      const kept = hash;
      clearTimeout(later);
      later = setTimeout(() => {
        later = undefined;
        const address = new URL(page.location.href);
        address.hash = kept;
        address.searchParams.delete("open");
        if (address.href !== page.location.href) page.history.replaceState(undefined, "", address);
        for (const tell of written) tell();
        written = [];
      }, writeAfterMs);
    });
  });
  return () => (later === undefined ? Promise.resolve() : new Promise((resolve) => written.push(resolve)));
}

function placeOf(session: Session): KeptPlace | undefined {
  const { workspace } = session;
  if (workspace === undefined) return undefined;
  const { recording, playhead, ranges, selection, watches } = workspace;
  const kept = {
    path: recording.summary.path,
    views: ranges.kept,
    value: selection.value,
    request: selection.request,
    correlation: selection.correlation,
    watches: watches.all,
  };
  if (playhead.followsLive) return { ...kept, instant: undefined, record: undefined };
  return { ...kept, instant: playhead.instant, record: playhead.position };
}
