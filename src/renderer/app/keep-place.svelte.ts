// Joins the address and the session: opens what the address names when the page starts, and from then on writes
// there what is open, where the playhead stands and what the panes show. An address put in later is gone to as well.
// The address is of the recording in front; the others that are open, and the order of all, are kept for as long as the tab is there,
// also when its page crashes.
import { untrack } from "svelte";
import { hashFromPlace, type KeptPlace, placeFromAddress } from "../state/place.js";
import type { Session, Workspace } from "../state/session.svelte.js";
import { placeOf } from "../state/workspace-place.js";

/** Browsers limit how often an address may change; a scrub would exceed it. */
const writeAfterMs = 250;
const latestMs = 2000;
const openKey = "hindcast.open";
const mostOpen = 100;

/** Returns what resolves once the address says what is shown. */
export function keepPlace(page: Window, session: Session): () => Promise<void> {
  const { sessionStorage: storage } = page;
  const first = placeFromAddress(page.location.hash, page.location.search);
  // Until all of it is back, what was open before stays kept: the page may go again meanwhile.
  let isBack = false;
  void session.restore(placesFrom(storage.getItem(openKey)), first).finally(() => {
    isBack = true;
    keepOpen();
  });
  // What is written here replaces the address without this event; it comes from a person or a link.
  page.addEventListener("hashchange", ({ newURL }) => {
    // Of the event and not of the page: what was written here meanwhile would be read instead.
    const place = placeFromAddress(new URL(newURL).hash, "");
    if (place === undefined) session.close();
    else void session.goTo(place);
  });
  const keepOpen = (): void => {
    if (isBack) storage.setItem(openKey, JSON.stringify(untrack(() => session.workspaces.map(hashOf))));
  };

  let later: ReturnType<typeof setTimeout> | undefined;
  let [firstMs, seen] = [0, ""];
  let written: (() => void)[] = [];
  const write = (): void => {
    const hash = untrack(() => hashOf(session.workspace));
    // While it changes with every frame it is written now and then. What grows without changing what is kept puts nothing off.
    if (hash !== seen && performance.now() - firstMs < latestMs) {
      seen = hash;
      later = setTimeout(write, writeAfterMs);
      return;
    }
    later = undefined;
    const address = new URL(page.location.href);
    address.hash = hash;
    address.searchParams.delete("open");
    if (address.href !== page.location.href) page.history.replaceState(undefined, "", address);
    keepOpen();
    for (const tell of written) tell();
    written = [];
  };
  $effect.root(() => {
    $effect(() => {
      // While something is being opened the address keeps saying what it said.
      if (session.shown.kind === "opening") {
        clearTimeout(later);
        later = undefined;
        return;
      }
      void session.workspaces;
      // Everything that is kept is read; the text of it is made now and then.
      if (later !== undefined) {
        if (session.workspace !== undefined) placeOf(session.workspace);
        return;
      }
      seen = hashOf(session.workspace);
      firstMs = performance.now();
      later = setTimeout(write, writeAfterMs);
    });
  });
  return () => (later === undefined ? Promise.resolve() : new Promise((resolve) => written.push(resolve)));
}

const hashOf = (workspace: Workspace | undefined): string =>
  hashFromPlace(workspace === undefined ? undefined : placeOf(workspace));

function placesFrom(text: string | null): readonly KeptPlace[] {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(stored)) return [];
  const hashes: readonly unknown[] = stored;
  return hashes
    .slice(0, mostOpen)
    .flatMap((hash) => (typeof hash === "string" ? (placeFromAddress(hash, "") ?? []) : []));
}
