// The tokens a lane canvas paints with, resolved for the theme in use.
import type { Theme } from "../../state/theme.svelte.js";
import type { LaneColours } from "./draw-lanes.js";

const categories = [1, 2, 3, 4, 5, 6, 7, 8];

export function coloursOf(theme: Theme): LaneColours {
  return {
    text: theme.color("text-1"),
    textQuiet: theme.color("text-2"),
    textFaint: theme.color("text-3"),
    line: theme.color("line-1"),
    call: theme.color("line-3"),
    grid: theme.color("line-1"),
    future: theme.color("future"),
    accent: theme.color("accent"),
    critical: theme.color("critical"),
    criticalText: theme.color("critical-text"),
    criticalTint: theme.color("critical-tint"),
    density: theme.color("density"),
    plainFill: theme.color("surface-active"),
    font: theme.font("small"),
    marks: categories.map((category) => theme.category(category)),
    fills: categories.map((category) => theme.category(category, true)),
  };
}
