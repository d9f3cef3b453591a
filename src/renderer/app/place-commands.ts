// What can be done about the place that is shown.
import { linkOf } from "../../shared/protocol/links.js";
import { hashFromPlace } from "../state/place.js";
import { copyText } from "../state/row-menu.js";
import type { Workspace } from "../state/session.svelte.js";
import type { Toasts } from "../state/toasts.svelte.js";
import { placeOf } from "../state/workspace-place.js";
import type { Command } from "./command.js";

/** A `hindcast://` link that leads whoever has the file back to what is shown now. */
export const copyLink = (workspace: Workspace, toasts: Toasts): Promise<void> =>
  copyText(linkOf(hashFromPlace(placeOf(workspace))), "a link to this view", toasts);

export const placeCommands = (workspace: Workspace, toasts: Toasts): readonly Command[] => [
  {
    id: "copy-link",
    group: "View",
    title: "Copy link to this view",
    keys: ["y"],
    run: () => void copyLink(workspace, toasts),
  },
  ...(workspace.selection.service.only === undefined
    ? []
    : [
        {
          id: "all-services",
          group: "View" as const,
          title: `Show all services, not only ${workspace.selection.service.only}`,
          keys: [],
          run: () => workspace.selection.service.clear(),
        },
      ]),
];
