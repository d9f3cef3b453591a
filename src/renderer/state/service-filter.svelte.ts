// One service that Lanes, Logs, Events and Requests show alone: chosen by its name wherever that stands, and gone by one click.
import type { RowCondition } from "../../shared/protocol/row-filters.js";

export class ServiceFilter {
  #only = $state<string>();
  /** Of rows that name a service. */
  readonly condition: RowCondition | undefined = $derived.by(() =>
    this.#only === undefined ? undefined : { field: "service", value: this.#only, exclude: false },
  );

  /** Its name; undefined where all services are shown. */
  get only(): string | undefined {
    return this.#only;
  }

  show(service: string): void {
    this.#only = service;
  }

  /** The same service once more: all of them again. */
  toggle(service: string): void {
    this.#only = this.#only === service ? undefined : service;
  }

  clear(): void {
    this.#only = undefined;
  }

  admits(service: string | undefined): boolean {
    return this.#only === undefined || this.#only === service;
  }
}
