// Every pane there is. One entry here makes a pane: its tab, its place in the layout, its command and its key follow.
import ArrowLeftRight from "@lucide/svelte/icons/arrow-left-right";
import BellRing from "@lucide/svelte/icons/bell-ring";
import Bookmark from "@lucide/svelte/icons/bookmark";
import Braces from "@lucide/svelte/icons/braces";
import ChartLine from "@lucide/svelte/icons/chart-line";
import CalendarClock from "@lucide/svelte/icons/calendar-clock";
import SquareTerminal from "@lucide/svelte/icons/square-terminal";
import ChartScatter from "@lucide/svelte/icons/chart-scatter";
import Layers from "@lucide/svelte/icons/layers";
import FileCode from "@lucide/svelte/icons/file-code";
import ListTree from "@lucide/svelte/icons/list-tree";
import Logs from "@lucide/svelte/icons/logs";
import SquareFunction from "@lucide/svelte/icons/square-function";
import type { Component } from "svelte";
import AlertsPane from "./alerts/AlertsPane.svelte";
import CallsPane from "./calls/CallsPane.svelte";
import ConsolePane from "./console/ConsolePane.svelte";
import CorrelationPane from "./correlation/CorrelationPane.svelte";
import EventsPane from "./events/EventsPane.svelte";
import LanesPane from "./lanes/LanesPane.svelte";
import LogsPane from "./logs/LogsPane.svelte";
import MetricsPane from "./metrics/MetricsPane.svelte";
import RequestsPane from "./requests/RequestsPane.svelte";
import NotesPane from "./notes/NotesPane.svelte";
import RulesPane from "./rules/RulesPane.svelte";
import SourcePane from "./source/SourcePane.svelte";
import StatePane from "./state/StatePane.svelte";

export interface PaneKind {
  /** Also the name of its `data-pane` and of its range. */
  readonly id: string;
  readonly title: string;
  readonly icon: Component<{ size?: number; strokeWidth?: number }>;
  /** Takes everything from the context; its outermost element is a PaneFrame with the same id. */
  readonly component: Component;
  /** The pane whose group it opens in. One with a group of its own in the first layout names itself. */
  readonly beside: string;
  /** Whether it has a tab before anybody opened it. Its component is made when it is first seen. */
  readonly isOpen: boolean;
}

/** In the order of their keys: Ctrl+1 to Ctrl+9. */
export const panes: readonly PaneKind[] = [
  { id: "lanes", title: "Lanes", icon: Layers, component: LanesPane, beside: "lanes", isOpen: true },
  { id: "metrics", title: "Metrics", icon: ChartLine, component: MetricsPane, beside: "metrics", isOpen: true },
  { id: "logs", title: "Logs", icon: Logs, component: LogsPane, beside: "logs", isOpen: true },
  { id: "state", title: "State", icon: Braces, component: StatePane, beside: "state", isOpen: true },
  {
    id: "requests",
    title: "Requests",
    icon: ArrowLeftRight,
    component: RequestsPane,
    beside: "lanes",
    isOpen: true,
  },
  { id: "notes", title: "Notes", icon: Bookmark, component: NotesPane, beside: "logs", isOpen: true },
  { id: "console", title: "Console", icon: SquareTerminal, component: ConsolePane, beside: "logs", isOpen: true },
  {
    id: "correlation",
    title: "Correlation",
    icon: ChartScatter,
    component: CorrelationPane,
    beside: "metrics",
    isOpen: true,
  },
  {
    id: "events",
    title: "Events",
    icon: CalendarClock,
    component: EventsPane,
    beside: "logs",
    isOpen: true,
  },
  { id: "alerts", title: "Alerts", icon: BellRing, component: AlertsPane, beside: "logs", isOpen: false },
  { id: "rules", title: "Rules", icon: ListTree, component: RulesPane, beside: "state", isOpen: false },
  { id: "calls", title: "Calls", icon: SquareFunction, component: CallsPane, beside: "lanes", isOpen: false },
  { id: "source", title: "Source", icon: FileCode, component: SourcePane, beside: "state", isOpen: false },
];
