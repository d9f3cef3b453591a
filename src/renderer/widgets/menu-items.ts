// What menus are made of: data, so that every menu looks and behaves the same.
import type { Component } from "svelte";

export interface MenuAction {
  readonly kind: "action";
  readonly text: string;
  readonly keys?: string;
  readonly icon?: Component<{ size?: number; strokeWidth?: number }>;
  readonly isOn?: boolean;
  readonly disabled?: boolean;
  readonly run: () => void;
}

export type MenuItem = MenuAction | { readonly kind: "line" };
